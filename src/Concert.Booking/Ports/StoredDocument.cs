namespace Concert.Booking.Ports;

/// <summary>The document containers. Everything that must change together shares a partition of one of them.</summary>
public enum DocumentContainer
{
    /// <summary>Concerts and schedules; the partition key is the concert's id.</summary>
    Catalog,

    /// <summary>Seats, reservations, limits and counters of one section; the partition key is <c>{scheduleId}:{section}</c>.</summary>
    Bookings,

    /// <summary>Wallet, ledger, payments and lists of one user; the partition key is the user's id.</summary>
    Wallets,
}

/// <summary>One logical partition: the scope of an atomic batch.</summary>
public readonly record struct PartitionRef(DocumentContainer Container, string Key)
{
    public override string ToString() => $"{Container}/{Key}";
}

/// <summary>
/// A stored document: UTF-8 JSON of one object and the version it was read at.
/// Top-level properties with a meaning for the store: <c>id</c>, <c>type</c>, <c>status</c> (string, optional),
/// <c>due</c> (Unix milliseconds, optional: when a timer should look at it) and <c>ttl</c> (seconds after its last write, optional).
/// A document never holds its own partition key: the adapter knows it.
/// </summary>
public sealed record StoredDocument(string Id, ReadOnlyMemory<byte> Json, string ETag);

/// <summary>A document found across partitions, with where it lives.</summary>
public sealed record LocatedDocument(PartitionRef Partition, StoredDocument Document);

/// <summary>One page; <see cref="Continuation"/> is null on the last one.</summary>
public sealed record DocumentPage(IReadOnlyList<StoredDocument> Items, string? Continuation);

/// <summary>One page across partitions.</summary>
public sealed record LocatedPage(IReadOnlyList<LocatedDocument> Items, string? Continuation);

/// <summary>
/// A range scan inside a partition: ids that start with <see cref="IdPrefix"/>, in ordinal order of id, after <see cref="After"/> (exclusive).
/// </summary>
/// <param name="IdPrefix">ASCII prefix of the ids wanted.</param>
/// <param name="After">The continuation of the page before, which is the last id of it; null for the first page.</param>
/// <param name="Limit">1 to 1,000 items.</param>
/// <param name="Statuses">Only documents whose <c>status</c> is one of these; null for all.</param>
public sealed record PartitionQuery(string IdPrefix, string? After = null, int Limit = 1000, IReadOnlyList<string>? Statuses = null);
