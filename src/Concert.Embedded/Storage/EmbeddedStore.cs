using System.Text;
using Concert.Booking.Storage;
using Concert.Embedded.Journaling;

namespace Concert.Embedded.Storage;

/// <summary>
/// Documents in memory, journaled. Commits decide and append under one lock and then wait for the disk; reads wait until what they show is durable.
/// Batches that no store would take (none or more than 100 operations, two on one document, over 2 MB, JSON that is no object) throw
/// <see cref="ArgumentException"/>.
/// </summary>
public sealed class EmbeddedStore : IDocumentStore
{
    private const int MaxReadMany = 200;

    private readonly IJournal _journal;
    private readonly DocumentTables _tables;
    private readonly TimeProvider _time;

    internal EmbeddedStore(IJournal journal, DocumentTables tables, TimeProvider time) => (_journal, _tables, _time) = (journal, tables, time);

    /// <summary>Documents held in memory.</summary>
    public int Count
    {
        get
        {
            lock (_journal.Gate)
            {
                return _tables.Count;
            }
        }
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public async Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken)
    {
        var (documents, shown) = Find(partition, [id]);
        await WaitAsync(shown, cancellationToken);
        return documents[0];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(
        PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(ids.Count, nameof(ids));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Count, MaxReadMany, nameof(ids));
        var (documents, shown) = Find(partition, ids);
        await WaitAsync(shown, cancellationToken);
        return documents;
    }

    /// <inheritdoc />
    public async Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        DocumentPage page;
        long shown;
        lock (_journal.Gate)
        {
            (page, shown) = StoreQueries.Range(_tables, partition, query, Now);
        }

        await WaitAsync(shown, cancellationToken);
        return page;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<LocatedDocument>> QueryDueAsync(
        DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<LocatedDocument> due;
        long shown;
        lock (_journal.Gate)
        {
            (due, shown) = StoreQueries.Due(_tables, container, statuses, dueBefore.ToUnixTimeMilliseconds(), limit, Now);
        }

        await WaitAsync(shown, cancellationToken);
        return due;
    }

    /// <inheritdoc />
    public async Task<LocatedPage> ScanAsync(
        DocumentContainer container, string type, string? continuation, int limit, CancellationToken cancellationToken)
    {
        var (page, shown) = Scan(container, type, continuation, limit, cancellationToken);
        await WaitAsync(shown, cancellationToken);
        return page;
    }

    /// <inheritdoc />
    public async Task<CommitResult> CommitAsync(
        PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (answer, sequence) = Append(partition, operations);
        return answer is CommitResult.Throttled or CommitResult.Unavailable || await _journal.WaitDurableAsync(sequence, cancellationToken)
            ? answer
            : new CommitResult.Unavailable(answer is CommitResult.Committed, _journal.Fault ?? "The disk took too long.");
    }

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _journal.Fault is { } fault ? Task.FromException(new StoreUnavailableException(fault)) : Task.CompletedTask;
    }

    /// <summary>The page, and the sequence number that must be durable before it is shown.</summary>
    internal (LocatedPage Page, long Shown) Scan(
        DocumentContainer container, string type, string? continuation, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var scan = new TypeScan(container, type, continuation, limit);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (_journal.Gate)
            {
                scan.Advance(_tables, Now);
            }
        }
        while (!scan.IsComplete);

        return (scan.ToPage(), scan.Shown);
    }

    /// <summary>Decides and appends, and answers what to say once the sequence number is durable.</summary>
    internal (CommitResult Answer, long Sequence) Append(PartitionRef partition, IReadOnlyList<DocumentOperation> operations) =>
        Append(partition, PreparedBatch.From(partition, operations, _tables.Names, Now));

    /// <summary>The same for a waiting room, whose steps are as large as its line.</summary>
    internal (CommitResult Answer, long Sequence) AppendAll(PartitionRef partition, IReadOnlyList<DocumentOperation> operations) =>
        Append(partition, PreparedBatch.OfAny(operations, _tables.Names, Now));

    private (CommitResult Answer, long Sequence) Append(PartitionRef partition, PreparedBatch batch)
    {
        var now = Now;
        lock (_journal.Gate)
        {
            if (_journal.Fault is { } fault)
            {
                return (new CommitResult.Unavailable(OutcomeUnknown: false, fault), 0);
            }

            if (_journal.IsBehind)
            {
                return (new CommitResult.Throttled(_journal.BehindFor), 0);
            }

            _tables.RemoveExpired(now);
            var container = _tables[partition.Container];
            var sequence = _journal.NextSequence;
            var (changes, conflict, shown) = BatchDecision.Decide(
                batch, container.Find(partition.Key), container.LastDeletion, sequence, now, _tables.Names);
            if (changes is null)
            {
                return (conflict!, shown);
            }

            _journal.Append(new BatchRecord(partition, changes));
            _tables.Apply(partition, changes, sequence);
            var etag = ETag.Of(sequence);
            return (new CommitResult.Committed(Array.ConvertAll(changes, change => change.Document.IsAbsent ? "" : etag)), sequence);
        }
    }

    private (StoredDocument?[] Documents, long Shown) Find(PartitionRef partition, IReadOnlyList<string> ids)
    {
        var found = new PackedDocument[ids.Count];
        var shown = 0L;
        lock (_journal.Gate)
        {
            var now = Now;
            var container = _tables[partition.Container];
            var documents = container.Find(partition.Key);
            for (var i = 0; i < found.Length; i++)
            {
                var document = documents?.Find(Encoding.UTF8.GetBytes(ids[i])) ?? default;
                found[i] = document.IsAbsent || document.IsExpired(now) ? default : document;
                shown = Math.Max(shown, document.IsAbsent ? documents?.LastDeletion ?? container.LastDeletion : document.Revision);
            }
        }

        return (Array.ConvertAll(found, document => document.IsAbsent ? null : document.ToStored()), shown);
    }

    /// <summary>Returns when all up to the sequence number may be shown.</summary>
    internal async ValueTask WaitAsync(long sequence, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!await _journal.WaitDurableAsync(sequence, cancellationToken))
        {
            throw new StoreUnavailableException(
                $"What was asked for has changed, and the change is not known to be on disk. {_journal.Fault ?? "The disk took too long."}");
        }
    }
}
