using System.Text;
using Concert.Booking.Ports;
using Concert.Embedded.Sqlite;

namespace Concert.Embedded.Storage;

/// <summary>Decides batches and writes them, on the writer's thread.</summary>
internal sealed class BatchWriter(Database database)
{
    /// <summary>Room for the versions of one opening.</summary>
    private const int VersionBits = 40;

    private const int RemovedAtOnce = 32;
    private const long RemoveEvery = 1000;

    private readonly DocumentTables _tables = DocumentTables.On(database.Connection);
    private readonly Statement _count = database.Connection.Prepare("UPDATE opened SET times = ?1");
    private readonly long _opened = database.Connection.Number("SELECT times FROM opened") + 1;
    private long _made;
    private long _nextRemoval;
    private bool _isCounted;

    /// <summary>Commits a batch; now in Unix milliseconds.</summary>
    public Task<Outcome<CommitResult>> CommitAsync(PartitionRef partition, PreparedOperation[] batch, long now) =>
        database.Writer.WriteAsync(new CommitWork(this, partition, batch, now));

    /// <summary>Looks at every document first, so that a conflict leaves nothing half written.</summary>
    private CommitResult Commit(PartitionRef partition, PreparedOperation[] batch, long now)
    {
        RemoveExpired(now);
        var table = _tables.Of(partition.Container);
        var key = Encoding.UTF8.GetBytes(partition.Key);
        var numbers = new long[batch.Length];
        for (var i = 0; i < batch.Length; i++)
        {
            ref var item = ref batch[i];
            var found = table.Find(key, item.Id, withBody: item.Operation is DocumentOperation.Increment);
            var live = found.Live(now);
            if (Check(item.Operation, live) is { } kind)
            {
                return new CommitResult.Conflict(i, kind);
            }

            if (item.Operation is DocumentOperation.Increment increment)
            {
                if (IncrementPatch.Apply(live.Json, increment.Fields) is not { } sum)
                {
                    return new CommitResult.Conflict(i, ConflictKind.OutOfBounds);
                }

                item = item with { Json = sum, Fields = DocumentFields.Parse(sum) };
            }

            // The row of an expired document is used again.
            numbers[i] = found.Number;
        }

        var version = NextVersion();
        var etags = new string[batch.Length];
        for (var i = 0; i < batch.Length; i++)
        {
            if (batch[i].Operation is DocumentOperation.Delete)
            {
                table.Delete(numbers[i]);
                etags[i] = "";
            }
            else
            {
                table.Write(numbers[i], key, batch[i].Id, batch[i].Fields, batch[i].Fields.ExpiryAt(now), version, batch[i].Json.Span);
                etags[i] = i > 0 && etags[0].Length > 0 ? etags[0] : ETag.Of(version);
            }
        }

        return new CommitResult.Committed(etags);
    }

    /// <summary>No version comes twice, whatever is deleted and made again: the database counts its openings, with the first commit of each.</summary>
    private long NextVersion()
    {
        if (!_isCounted)
        {
            _count.Bind(1, _opened).Run();
        }

        return (_opened << VersionBits) + ++_made;
    }

    private static ConflictKind? Check(DocumentOperation operation, FoundDocument live) => operation switch
    {
        DocumentOperation.Create => live.IsAbsent ? null : ConflictKind.Exists,
        DocumentOperation.Upsert => null,
        _ when live.IsAbsent => ConflictKind.Missing,
        DocumentOperation.Replace replace => ETag.IsOf(live.Version, replace.IfMatch) ? null : ConflictKind.Changed,
        DocumentOperation.Delete { IfMatch: { } etag } => ETag.IsOf(live.Version, etag) ? null : ConflictKind.Changed,
        _ => null,
    };

    /// <summary>A few with a commit now and then, so that none of them has to clean up for long.</summary>
    private void RemoveExpired(long now)
    {
        if (now < _nextRemoval)
        {
            return;
        }

        _nextRemoval = now + RemoveEvery;
        foreach (var table in _tables.All)
        {
            _nextRemoval = table.RemoveExpired(now, RemovedAtOnce) == RemovedAtOnce ? now : _nextRemoval;
        }
    }

    private sealed class CommitWork(BatchWriter writer, PartitionRef partition, PreparedOperation[] batch, long now) : Request<CommitResult>
    {
        public override void Done() => writer._isCounted |= Value is CommitResult.Committed;

        protected override CommitResult Make() => writer.Commit(partition, batch, now);
    }
}
