using Concert.Booking.Identity;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations;

/// <summary>What became of asking for places under the limit.</summary>
public enum PlacesAnswer
{
    /// <summary>They count for the reservation, now or since before.</summary>
    Counted,

    /// <summary>The user has too many for them.</summary>
    Full,

    /// <summary>They were given back: the reservation has ended, and no late run may count them again.</summary>
    Ended,
}

/// <summary>
/// Counts the live places of a user in a schedule, over all its sections and inventories. The count is in the user's partition, beside the entry of each
/// request: places are counted before they are held and given back after they are free, both under the reservation's id, so that the count is never below
/// what is live and each step may be run again. An entry that has ended stays so: a run that comes too late cannot count it anew.
/// </summary>
public sealed class UserPlaces(IDocumentStore store, StoreLoop loop, IdMinter minter, IOptions<BookingOptions> rules)
{
    private static readonly string[] Counted = [EntryStatus.Counted];

    /// <summary>Counts a reservation's places, and puts it on its user's list.</summary>
    /// <param name="id">The reservation to be.</param>
    /// <param name="wanted">As it is to be written.</param>
    /// <param name="limit">Live places of a user in this schedule.</param>
    /// <param name="cancellationToken">Gives up between attempts.</param>
    public Task<PlacesAnswer> CountAsync(ReservationId id, ReservationDocument wanted, int limit, CancellationToken cancellationToken) =>
        RunAsync(id, wanted, (entry, count) =>
        {
            if (entry is { Value.Status: { } status })
            {
                return (status == EntryStatus.Counted ? PlacesAnswer.Counted : PlacesAnswer.Ended, []);
            }

            var live = (count?.Value.Live ?? 0) + wanted.Places;
            return live > limit
                ? (PlacesAnswer.Full, [])
                : (PlacesAnswer.Counted, [Put(Entry(id, wanted) with { Status = EntryStatus.Counted }, entry), Put(new LimitDocument(id.Section.ScheduleId, live), count)]);
        }, cancellationToken);

    /// <summary>
    /// Gives back what a reservation no longer has, and takes it off the repair timer's list. Nothing to do while it is live, or a second time.
    /// </summary>
    public async Task SettleAsync(SectionRef section, ReservationDocument reservation, CancellationToken cancellationToken)
    {
        if (!reservation.HasEnded)
        {
            return;
        }

        await GiveBackAsync(reservation.IdIn(section), reservation, cancellationToken);
        if (reservation.Status == ReservationStatus.Rejected)
        {
            return;
        }

        await loop.RunAsync(
            section.Partition,
            rules.Value.MaxCommitAttempts,
            async token =>
            {
                var stored = await store.ReadAsync(section.Partition, reservation.Id, token);
                return DocumentJson.ReadVersioned<ReservationDocument>(stored) is { Value: { HasEnded: true, Due: not null } open, ETag: var etag }
                    ? new Attempt<bool>([DocumentJson.Put(open with { Due = null }, etag)], true)
                    : new Attempt<bool>([], false);
            },
            cancellationToken);
    }

    /// <summary>
    /// Looks at what counts for a user who has too many: gives back what belongs to reservations that have ended, or never came into being and no longer can.
    /// Returns those that are live.
    /// </summary>
    public async Task<IReadOnlyList<(ReservationId Id, ReservationDocument Reservation)>> ReviewAsync(
        string userId, string scheduleId, CancellationToken cancellationToken)
    {
        var live = new List<(ReservationId, ReservationDocument)>();
        string? after = null;
        do
        {
            var query = new PartitionQuery(RequestEntryDocument.Prefix, after, Statuses: Counted);
            var page = await store.QueryAsync(PartitionOf(userId), query, cancellationToken);
            foreach (var entry in page.Items.Select(DocumentJson.Read<RequestEntryDocument>))
            {
                if (ReservationId.TryParse(entry.Reservation, out var id) && id.Section.ScheduleId == scheduleId
                    && await FindLiveAsync(id, userId, entry.At, cancellationToken) is { } reservation)
                {
                    live.Add((id, reservation));
                }
            }

            after = page.Continuation;
        }
        while (after is not null);

        return live;
    }

    private async Task<ReservationDocument?> FindLiveAsync(ReservationId id, string userId, long at, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(id.Section.Partition, id.DocumentId, cancellationToken);
        var reservation = stored is null ? null : DocumentJson.Read<ReservationDocument>(stored);
        if (reservation is { HasEnded: true } || (reservation is null && !minter.IsYoung(id.CreatedAt)))
        {
            await GiveBackAsync(id, reservation ?? new ReservationDocument(id.Code, ReservationStatus.Rejected, userId, null, null, 0, at, []), cancellationToken);
            return null;
        }

        return reservation;
    }

    /// <summary>Only once the end of the reservation is written: until then a run of its command may still make it live.</summary>
    private Task<PlacesAnswer> GiveBackAsync(ReservationId id, ReservationDocument ended, CancellationToken cancellationToken) =>
        RunAsync(id, ended, (entry, count) =>
        {
            if (entry?.Value.Status == EntryStatus.Ended)
            {
                return (PlacesAnswer.Ended, []);
            }

            var before = entry?.Value ?? Entry(id, ended);
            List<DocumentOperation> operations = [Put(before with { Status = EntryStatus.Ended }, entry)];
            if (before.Status == EntryStatus.Counted && count is { } counted)
            {
                operations.Add(Put(counted.Value with { Live = counted.Value.Live - before.Places }, count));
            }

            return (PlacesAnswer.Ended, operations);
        }, cancellationToken);

    private Task<PlacesAnswer> RunAsync(
        ReservationId id,
        ReservationDocument reservation,
        Func<Versioned<RequestEntryDocument>?, Versioned<LimitDocument>?, (PlacesAnswer Answer, IReadOnlyList<DocumentOperation> Operations)> decide,
        CancellationToken cancellationToken)
    {
        var partition = PartitionOf(reservation.UserId);
        string[] ids = [Entry(id, reservation).Id, LimitDocument.IdOf(id.Section.ScheduleId)];
        return loop.RunAsync(
            partition,
            rules.Value.MaxCommitAttempts,
            async token =>
            {
                var stored = await store.ReadManyAsync(partition, ids, token);
                var (answer, operations) = decide(
                    DocumentJson.ReadVersioned<RequestEntryDocument>(stored[0]), DocumentJson.ReadVersioned<LimitDocument>(stored[1]));
                return new Attempt<PlacesAnswer>(operations, answer);
            },
            cancellationToken);
    }

    private static DocumentOperation Put<T>(T document, Versioned<T>? before)
        where T : class, IDocument => DocumentJson.Put(document, before?.ETag);

    private static RequestEntryDocument Entry(ReservationId id, ReservationDocument reservation) =>
        new(reservation.CreatedAt, id.ToString(), reservation.Places);

    private static PartitionRef PartitionOf(string userId) => new(DocumentContainer.Wallets, userId);
}
