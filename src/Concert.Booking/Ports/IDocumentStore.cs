namespace Concert.Booking.Ports;

/// <summary>
/// Documents with ETags in partitions. Reads are strongly consistent with commits of the same process and never show what a crash could take back.
/// Reads throw <see cref="StoreUnavailableException"/> on a fault that may pass; commits return it as a result.
/// </summary>
public interface IDocumentStore
{
    /// <summary>The most operations that a batch may have: at least <see cref="DocumentOperation.MaxPerBatch"/>.</summary>
    int MaxOperations => DocumentOperation.MaxPerBatch;

    /// <summary>Reads one document; null when absent.</summary>
    Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken);

    /// <summary>Reads several documents of a partition, answered in the order asked, null for each absent one. 1 to 200 ids.</summary>
    Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>A page of a partition's documents in ordinal order of id.</summary>
    Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Up to <paramref name="limit"/> documents of all partitions whose <c>status</c> is one of <paramref name="statuses"/> and whose <c>due</c> is
    /// at or before <paramref name="dueBefore"/>. For timers: the order is not promised, and a stale answer is allowed.
    /// </summary>
    Task<IReadOnlyList<LocatedDocument>> QueryDueAsync(
        DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// A page of all documents across partitions whose id starts with an ASCII prefix, in no promised order; <paramref name="continuation"/> is opaque.
    /// </summary>
    Task<LocatedPage> ScanAsync(DocumentContainer container, string idPrefix, string? continuation, int limit, CancellationToken cancellationToken);

    /// <summary>Applies all operations or none.</summary>
    Task<CommitResult> CommitAsync(PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken);

    /// <summary>Throws <see cref="StoreUnavailableException"/> when the store cannot be used now; for readiness.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}

/// <summary>A dependency did not answer in time, or asked to wait. Nothing was changed by the call that threw it.</summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException()
    {
    }

    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public StoreUnavailableException(string message, TimeSpan? retryAfter, Exception? innerException = null)
        : base(message, innerException) => RetryAfter = retryAfter;

    /// <summary>How long the dependency asked to wait; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; }
}

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

/// <summary>One operation of an atomic batch. A batch has 1 to <see cref="IDocumentStore.MaxOperations"/> operations, each on another document.</summary>
public abstract record DocumentOperation(string Id)
{
    /// <summary>The operations that a batch may have in every store: Cosmos DB's limit for a transactional batch.</summary>
    public const int MaxPerBatch = 100;

    /// <summary>Adds a document; conflict <see cref="ConflictKind.Exists"/> when the id is taken.</summary>
    public sealed record Create(string Id, ReadOnlyMemory<byte> Json) : DocumentOperation(Id);

    /// <summary>Replaces the version that was read; conflict <see cref="ConflictKind.Changed"/> or <see cref="ConflictKind.Missing"/>.</summary>
    public sealed record Replace(string Id, ReadOnlyMemory<byte> Json, string IfMatch) : DocumentOperation(Id);

    /// <summary>Writes the document whatever was there.</summary>
    public sealed record Upsert(string Id, ReadOnlyMemory<byte> Json) : DocumentOperation(Id);

    /// <summary>Deletes; conflict <see cref="ConflictKind.Missing"/> when absent, <see cref="ConflictKind.Changed"/> when the ETag differs.</summary>
    public sealed record Delete(string Id, string? IfMatch = null) : DocumentOperation(Id);

    /// <summary>
    /// Adds to top-level integer properties without having read them, so that writers do not retry against each other.
    /// 1 to 10 fields (Cosmos DB's limit for a patch). Conflict <see cref="ConflictKind.OutOfBounds"/> when any result would leave its bounds,
    /// <see cref="ConflictKind.Missing"/> when the document is absent.
    /// </summary>
    public sealed record Increment(string Id, IReadOnlyList<FieldIncrement> Fields) : DocumentOperation(Id);
}

/// <summary>Adds <see cref="Delta"/> to <see cref="Field"/> if the result stays within the bounds, ends included.</summary>
public readonly record struct FieldIncrement(string Field, long Delta, long? Min = null, long? Max = null);

/// <summary>The reason a batch was not applied. None of it was.</summary>
public enum ConflictKind
{
    /// <summary>A created id is already there (409).</summary>
    Exists,

    /// <summary>The document is not there (404).</summary>
    Missing,

    /// <summary>The ETag is not the current one (412).</summary>
    Changed,

    /// <summary>An increment would have left its bounds (412 of a patch's filter predicate).</summary>
    OutOfBounds,
}

/// <summary>The outcome of a batch.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>Whether the partition is certainly as it was before.</summary>
    public bool HasNoEffect => this is Conflict or Throttled or Unavailable { OutcomeUnknown: false };

    /// <summary>All operations were applied, durably. One ETag an operation, in order; empty for a delete.</summary>
    public sealed record Committed(IReadOnlyList<string> ETags) : CommitResult;

    /// <summary>None was applied because of operation number <see cref="Operation"/> (from 0).</summary>
    public sealed record Conflict(int Operation, ConflictKind Kind) : CommitResult;

    /// <summary>None was applied; the store asks to wait (429).</summary>
    public sealed record Throttled(TimeSpan RetryAfter) : CommitResult;

    /// <summary>The store could not be asked, or its answer was lost. With <see cref="OutcomeUnknown"/> the batch may or may not have been applied: look.</summary>
    public sealed record Unavailable(bool OutcomeUnknown, string Detail) : CommitResult;
}
