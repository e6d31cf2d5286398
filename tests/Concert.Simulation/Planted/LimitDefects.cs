using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;

namespace Concert.Simulation.Planted;

/// <summary>Does not see that what a user's full list names has ended.</summary>
internal sealed class LimitKept(IDocumentStore inner) : StoreDefect(inner)
{
    public override async Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(
        PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var found = await base.ReadManyAsync(partition, ids, cancellationToken);
        return ids.Count > 1 && ids.All(id => id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal)) ? [.. found.Select(Live)] : found;
    }

    private static StoredDocument? Live(StoredDocument? document) =>
        document is not null && DocumentJson.Read<ReservationDocument>(document) is { HasEnded: true } ended
            ? document with { Json = DocumentJson.Write(ended with { Status = ReservationStatus.Confirmed }) }
            : document;
}

/// <summary>
/// Decides on what counted for a user at the read before this one, and writes it whatever has become of it: an instance's own memory of the list, which
/// no ETag checks.
/// </summary>
internal sealed class LimitOverwritten(IDocumentStore inner) : StoreDefect(inner)
{
    private readonly Dictionary<(PartitionRef Partition, string Id), StoredDocument?> _before = [];

    public override async Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(
        PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var found = (await base.ReadManyAsync(partition, ids, cancellationToken)).ToList();
        for (var i = 0; i < ids.Count; i++)
        {
            if (ids[i].StartsWith(LimitDocument.Prefix, StringComparison.Ordinal))
            {
                var now = found[i];
                found[i] = _before.GetValueOrDefault((partition, ids[i]), now);
                _before[(partition, ids[i])] = now;
            }
        }

        return found;
    }

    protected override IReadOnlyList<DocumentOperation> Written(IReadOnlyList<DocumentOperation> operations) =>
    [
        .. operations.Select(o => o switch
        {
            DocumentOperation.Replace replace when o.Id.StartsWith(LimitDocument.Prefix, StringComparison.Ordinal) => new DocumentOperation.Upsert(o.Id, replace.Json),
            DocumentOperation.Create create when o.Id.StartsWith(LimitDocument.Prefix, StringComparison.Ordinal) => new DocumentOperation.Upsert(o.Id, create.Json),
            _ => o,
        }),
    ];
}
