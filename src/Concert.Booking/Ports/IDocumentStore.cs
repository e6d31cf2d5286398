namespace Concert.Booking.Ports;

/// <summary>
/// Documents with ETags in partitions. Reads are strongly consistent with commits of the same process and never show what a crash could take back.
/// Reads throw <see cref="StoreUnavailableException"/> on a fault that may pass; commits return it as a result.
/// </summary>
public interface IDocumentStore
{
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
