using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Testing.Fakes;

/// <summary>What a commit meets on its way.</summary>
public enum CommitFault
{
    None,

    /// <summary>The process dies before the batch is applied.</summary>
    CrashBefore,

    /// <summary>The process dies after the batch is applied, before it hears of it.</summary>
    CrashAfter,

    /// <summary>Not applied, and known not to be.</summary>
    Refused,

    /// <summary>Applied, and the answer lost.</summary>
    AnswerLost,

    /// <summary>Not applied, and the answer lost.</summary>
    RequestLost,

    Throttled,
}

/// <summary>The document port over memory, with faults where a test wants them.</summary>
public sealed class FakeStore(TimeProvider time) : IDocumentStore
{
    private readonly MemoryDocuments _documents = new(time.GetUtcNow);
    private int _commits;
    private int _conflicts;

    /// <summary>Asked before each commit; under no lock.</summary>
    public Func<PartitionRef, IReadOnlyList<DocumentOperation>, CommitFault>? OnCommit { get; set; }

    /// <summary>Asked before each read.</summary>
    public Action<PartitionRef, string>? OnRead { get; set; }

    /// <summary>Asked before each range read.</summary>
    public Action<PartitionQuery>? OnQuery { get; set; }

    /// <summary>Awaited before each scan over all partitions.</summary>
    public Func<DocumentContainer, Task>? OnScan { get; set; }

    /// <summary>What a throttled commit is asked to wait.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(700);

    public int Commits => _commits;

    /// <summary>Range reads so far, the documents they found, and scans over all partitions.</summary>
    public (int Ranges, int Found, int Scans) Queried { get; private set; }

    public int Conflicts => _conflicts;

    public async Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken) =>
        (await ReadManyAsync(partition, [id], cancellationToken))[0];

    public Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        Answer(
            () =>
            {
                foreach (var id in ids)
                {
                    OnRead?.Invoke(partition, id);
                }

                return _documents.ReadMany(partition, ids);
            },
            cancellationToken);

    public Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken) =>
        Answer(
            () =>
            {
                OnQuery?.Invoke(query);
                var page = _documents.Query(partition, query);
                Queried = Queried with { Ranges = Queried.Ranges + 1, Found = Queried.Found + page.Items.Count };
                return page;
            },
            cancellationToken);

    public Task<IReadOnlyList<LocatedDocument>> QueryDueAsync(
        DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        Answer(() => _documents.Due(container, statuses, dueBefore, limit), cancellationToken);

    public async Task<LocatedPage> ScanAsync(DocumentContainer container, string idPrefix, string? continuation, int limit, CancellationToken cancellationToken)
    {
        await (OnScan?.Invoke(container) ?? Task.CompletedTask);
        return await Answer(
            () =>
            {
                Queried = Queried with { Scans = Queried.Scans + 1 };
                return _documents.Scan(container, idPrefix, continuation, limit);
            },
            cancellationToken);
    }

    public async Task<CommitResult> CommitAsync(
        PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        switch (OnCommit?.Invoke(partition, operations) ?? CommitFault.None)
        {
            case CommitFault.CrashBefore:
                throw new StoreUnavailableException("crashed before the commit");
            case CommitFault.CrashAfter:
                Apply(partition, operations);
                throw new StoreUnavailableException("crashed after the commit");
            case CommitFault.Refused:
                return new CommitResult.Unavailable(false, "away");
            case CommitFault.AnswerLost:
                Apply(partition, operations);
                return new CommitResult.Unavailable(true, "answer lost");
            case CommitFault.RequestLost:
                return new CommitResult.Unavailable(true, "request lost");
            case CommitFault.Throttled:
                return new CommitResult.Throttled(RetryAfter);
            default:
                return Apply(partition, operations);
        }
    }

    public Task CheckAsync(CancellationToken cancellationToken) => Answer(() => true, cancellationToken);

    /// <summary>Every document, in order of partition and id.</summary>
    public IReadOnlyList<LocatedDocument> All() => _documents.All();

    public IReadOnlyList<T> All<T>(DocumentContainer container, string key, string prefix)
        where T : class, IDocument<T> =>
        [
            .. All().Where(d => d.Partition == new PartitionRef(container, key) && d.Document.Id.StartsWith(prefix, StringComparison.Ordinal))
                .Select(d => DocumentJson.Read<T>(d.Document)),
        ];

    public T? Find<T>(PartitionRef partition, string id)
        where T : class, IDocument<T> => _documents.Read(partition, id) is { } stored ? DocumentJson.Read<T>(stored) : null;

    /// <summary>Writes a document as it is, beside the port.</summary>
    public void Seed<T>(PartitionRef partition, T document)
        where T : class, IDocument<T> =>
        _documents.Commit(partition, [new DocumentOperation.Upsert(document.Id, DocumentJson.Write(document))]);

    /// <summary>Everything but the ETags, to compare two histories by their ends.</summary>
    public string Snapshot() =>
        string.Join('\n', All().Select(d => $"{d.Partition} {d.Document.Id} {System.Text.Encoding.UTF8.GetString(d.Document.Json.Span)}"));

    private CommitResult Apply(PartitionRef partition, IReadOnlyList<DocumentOperation> operations)
    {
        var result = _documents.Commit(partition, operations);
        Interlocked.Increment(ref result is CommitResult.Committed ? ref _commits : ref _conflicts);
        return result;
    }

    private static Task<T> Answer<T>(Func<T> ask, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(ask());
        }
        catch (Exception e)
        {
            return e is OperationCanceledException { CancellationToken: { IsCancellationRequested: true } token } ? Task.FromCanceled<T>(token) : Task.FromException<T>(e);
        }
    }
}
