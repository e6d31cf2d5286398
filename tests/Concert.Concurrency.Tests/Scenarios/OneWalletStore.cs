using Concert.Booking.Ports;

namespace Concert.Concurrency.Tests.Scenarios;

/// <summary>One partition with ETags. Every call lets others go first; <see cref="Overlapping"/> says whether two batches were ever under way at once.</summary>
internal sealed class OneWalletStore : IDocumentStore
{
    private readonly Dictionary<string, StoredDocument> _documents = new(StringComparer.Ordinal);
    private int _version;
    private int _writing;

    public bool Overlapping { get; private set; }

    /// <summary>The first read fails, as if the store was away just then.</summary>
    public bool FailsOnce { get; set; }

    public IEnumerable<string> Ids => _documents.Keys;

    public async Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(
        PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (FailsOnce)
        {
            FailsOnce = false;
            throw new StoreUnavailableException("away");
        }

        return [.. ids.Select(_documents.GetValueOrDefault)];
    }

    public async Task<CommitResult> CommitAsync(PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken)
    {
        Overlapping |= Interlocked.Increment(ref _writing) > 1;
        await Task.Yield();
        Interlocked.Decrement(ref _writing);
        foreach (var operation in operations)
        {
            var stored = _documents.GetValueOrDefault(operation.Id);
            if (operation is DocumentOperation.Create && stored is not null)
            {
                return new CommitResult.Conflict(0, ConflictKind.Exists);
            }

            if (operation is DocumentOperation.Replace replace && stored?.ETag != replace.IfMatch)
            {
                return new CommitResult.Conflict(0, ConflictKind.Changed);
            }
        }

        foreach (var operation in operations)
        {
            var json = operation switch
            {
                DocumentOperation.Create create => create.Json,
                DocumentOperation.Replace replace => replace.Json,
                DocumentOperation.Upsert upsert => upsert.Json,
                _ => throw new NotSupportedException(operation.ToString()),
            };
            _documents[operation.Id] = new StoredDocument(operation.Id, json, $"{++_version}");
        }

        return new CommitResult.Committed([.. operations.Select(operation => _documents[operation.Id].ETag)]);
    }

    public Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken) =>
        Task.FromResult(_documents.GetValueOrDefault(id));

    public Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<LocatedDocument>> QueryDueAsync(
        DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<LocatedPage> ScanAsync(
        DocumentContainer container, string idPrefix, string? continuation, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
