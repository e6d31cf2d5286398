using Concert.Booking.Storage;

namespace Concert.Embedded.Storage;

/// <summary>Decides a batch against a partition without changing anything.</summary>
internal static class BatchDecision
{
    /// <summary>The changes, or the first conflict with the journal sequence it came from.</summary>
    public static (Change[]? Changes, CommitResult.Conflict? Conflict, long Shown) Decide(
        PreparedBatch batch, Partition? partition, long absentSince, long revision, long now, NameTable names)
    {
        var changes = new Change[batch.Items.Count];
        for (var i = 0; i < changes.Length; i++)
        {
            var item = batch.Items[i];
            var current = partition?.Find(item.Id) ?? default;
            var live = current.IsAbsent || current.IsExpired(now) ? default : current;
            if (Check(item.Operation, live) is { } kind)
            {
                return (null, new CommitResult.Conflict(i, kind), Shown(live));
            }

            var (document, json) = (item.Document, item.Json);
            if (item.Operation is DocumentOperation.Increment increment)
            {
                if (IncrementPatch.Apply(live.ToJson().Span, increment.Fields) is not { } sum)
                {
                    return (null, new CommitResult.Conflict(i, ConflictKind.OutOfBounds), live.Revision);
                }

                (document, json) = (PreparedBatch.Pack(item.Id, sum, names, now), sum);
            }

            changes[i] = new Change(item.Id, document.IsAbsent ? default : document.WithRevision(revision), json);
        }

        return (changes, null, 0);

        long Shown(PackedDocument live) => live.IsAbsent ? Math.Max(absentSince, partition?.LastDeletion ?? 0) : live.Revision;
    }

    private static ConflictKind? Check(DocumentOperation operation, PackedDocument live) => operation switch
    {
        DocumentOperation.Create => live.IsAbsent ? null : ConflictKind.Exists,
        DocumentOperation.Upsert => null,
        _ when live.IsAbsent => ConflictKind.Missing,
        DocumentOperation.Replace replace => ETag.Of(live.Revision) == replace.IfMatch ? null : ConflictKind.Changed,
        DocumentOperation.Delete { IfMatch: { } etag } => ETag.Of(live.Revision) == etag ? null : ConflictKind.Changed,
        _ => null,
    };
}
