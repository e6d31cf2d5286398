using Concert.Booking.Idempotency;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Simulation.Planted;

/// <summary>A store that is right but for what a defect overrides.</summary>
internal abstract class StoreDefect(IDocumentStore inner) : IDocumentStore
{
    public virtual async Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken) =>
        Seen(await inner.ReadAsync(partition, id, cancellationToken));

    public virtual async Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(
        PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        [.. (await inner.ReadManyAsync(partition, ids, cancellationToken)).Select(Seen)];

    public virtual Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken) =>
        inner.QueryAsync(partition, query, cancellationToken);

    public Task<IReadOnlyList<LocatedDocument>> QueryDueAsync(
        DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        inner.QueryDueAsync(container, statuses, dueBefore, limit, cancellationToken);

    public Task<LocatedPage> ScanAsync(DocumentContainer container, string idPrefix, string? continuation, int limit, CancellationToken cancellationToken) =>
        inner.ScanAsync(container, idPrefix, continuation, limit, cancellationToken);

    public virtual Task<CommitResult> CommitAsync(PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken) =>
        Written(operations) is { Count: > 0 } written
            ? inner.CommitAsync(partition, written, cancellationToken)
            : Task.FromResult<CommitResult>(new CommitResult.Committed([]));

    public Task CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

    /// <summary>What a read shows of a document.</summary>
    protected virtual StoredDocument? Seen(StoredDocument? document) => document;

    /// <summary>What becomes of a batch; one of nothing is said to be written.</summary>
    protected virtual IReadOnlyList<DocumentOperation> Written(IReadOnlyList<DocumentOperation> operations) => operations;
}
