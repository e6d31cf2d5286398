using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations.Reserve;

/// <summary>A reservation that counts for its user's limit and is live.</summary>
public sealed record LivePlaces(ReservationId Id, ReservationDocument Reservation);

/// <summary>The outcome of asking for places under the limit.</summary>
public abstract record PlacesAnswer
{
    private PlacesAnswer()
    {
    }

    /// <summary>They count for the reservation, now or since before.</summary>
    public sealed record Counted : PlacesAnswer;

    /// <summary>The user has too many for them: <paramref name="Live"/>, and requests that are still on their way.</summary>
    public sealed record LimitReached(IReadOnlyList<LivePlaces> Live) : PlacesAnswer;

    /// <summary>They count no more: the reservation has ended, and no late run may count them again.</summary>
    public sealed record Ended : PlacesAnswer;
}

/// <summary>
/// Counts the live places of a user in a schedule, over all its sections and inventories. What counts is one document in the user's partition, to which a
/// reservation is added before its places are held, in the batch that puts it on the user's list: nothing live is ever left out. Nothing is written when
/// places come back, whichever way they do. Instead nobody is refused for a list that was not looked through: what it names and has ended, or was given back
/// in part, for both are final, makes room for what is new.
/// </summary>
public sealed class UserPlaces(IDocumentStore store, StoreLoop loop, IdGenerator ids, IOptions<BookingOptions> rules)
{
    /// <summary>A longer list is looked through whenever it has grown to twice what was left the last time, also below the limit.</summary>
    private const int LookThroughFrom = 32;

    /// <summary>More reservations than this nobody has in a schedule: the list is one document.</summary>
    private const int MaxListed = 10_000;
    private const int MaxRead = 100;

    /// <summary>Counts a reservation's places, and puts it on its user's list.</summary>
    /// <param name="id">The reservation to be.</param>
    /// <param name="wanted">As it is to be written.</param>
    /// <param name="limit">Live places of a user in this schedule.</param>
    /// <param name="cancellationToken">Gives up between attempts.</param>
    public Task<PlacesAnswer> CountAsync(ReservationId id, ReservationDocument wanted, int limit, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(wanted.UserId);
        var entry = Entry(id, wanted);
        var limitId = LimitDocument.IdOf(id.Section.ScheduleId);

        // The entry is created, so that an earlier run of this command shows itself: only then is it read.
        string[] documentIds = [limitId];
        return loop.RunAsync(
            partition,
            rules.Value.MaxCommitAttempts,
            async token =>
            {
                var stored = await store.ReadManyAsync(partition, documentIds, token);
                documentIds = [limitId, entry.Id];
                var before = DocumentJson.ReadVersioned<LimitDocument>(stored[0]);
                var counted = before?.Value ?? new LimitDocument(id.Section.ScheduleId, []);
                if (counted.Has(id))
                {
                    return new Attempt<PlacesAnswer>([], new PlacesAnswer.Counted());
                }

                if (stored.Count > 1 && stored[1] is not null)
                {
                    return new Attempt<PlacesAnswer>([], new PlacesAnswer.Ended());
                }

                if (!HasRoom(counted, wanted, limit) || IsOvergrown(counted))
                {
                    (counted, var live) = await LookThroughAsync(counted, token);
                    if (!HasRoom(counted, wanted, limit))
                    {
                        return new Attempt<PlacesAnswer>([], new PlacesAnswer.LimitReached(live));
                    }
                }

                var after = counted with { Counted = [.. counted.Counted, new CountedPlaces(id.ToString(), wanted.Places)] };
                return new Attempt<PlacesAnswer>([DocumentJson.Put(entry, null), DocumentJson.Put(after, before?.ETag)], new PlacesAnswer.Counted());
            },
            cancellationToken);
    }

    /// <summary>Puts a reservation that was refused on its user's list, where it may be already.</summary>
    public Task ListAsync(ReservationId id, ReservationDocument refused, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(refused.UserId);
        var entry = Entry(id, refused);
        var isKnown = false;
        return loop.RunAsync(
            partition,
            rules.Value.MaxCommitAttempts,
            async token =>
            {
                var isListed = isKnown && await store.ReadAsync(partition, entry.Id, token) is not null;
                isKnown = true;
                return new Attempt<bool>(isListed ? [] : [DocumentJson.Put(entry, null)], true);
            },
            cancellationToken);
    }

    private static bool HasRoom(LimitDocument counted, ReservationDocument wanted, int limit) =>
        counted.Places + wanted.Places <= limit && counted.Counted.Count < MaxListed;

    private static bool IsOvergrown(LimitDocument counted) => counted.Counted.Count >= Math.Max(LookThroughFrom, 2 * counted.Kept);

    /// <summary>
    /// Without what has ended, or never came into being and no longer can. A request whose command is still on its way stays: it may become live at any moment.
    /// </summary>
    private async Task<(LimitDocument Counted, IReadOnlyList<LivePlaces> Live)> LookThroughAsync(LimitDocument counted, CancellationToken cancellationToken)
    {
        var kept = new List<CountedPlaces>();
        var live = new List<LivePlaces>();
        foreach (var section in counted.Counted.Select(c => (Places: c, Id: Parse(c.Reservation))).GroupBy(c => c.Id.Section))
        {
            foreach (var chunk in section.Chunk(MaxRead))
            {
                var stored = await store.ReadManyAsync(section.Key.Partition, [.. chunk.Select(c => c.Id.DocumentId)], cancellationToken);
                foreach (var ((places, id), document) in chunk.Zip(stored))
                {
                    var reservation = document is null ? null : DocumentJson.Read<ReservationDocument>(document);
                    if (reservation?.Moved is not null)
                    {
                        reservation = (await SectionLoader.ForReservationAsync(store, id, withSeats: false, cancellationToken)).Reservation(id.Code);
                    }

                    if (reservation is { HasEnded: true } || (reservation is null && !ids.IsYoung(id.CreatedAt)))
                    {
                        continue;
                    }

                    // What was given back of it makes room, too.
                    kept.Add(reservation is null ? places : places with { Places = reservation.Places });
                    if (reservation is not null)
                    {
                        live.Add(new LivePlaces(id, reservation));
                    }
                }
            }
        }

        return (counted with { Counted = kept, Kept = kept.Count }, live);
    }

    private static ReservationId Parse(string reservation) =>
        ReservationId.TryParse(reservation, out var id) ? id : throw new InvalidOperationException($"{reservation} counts for a limit and is no reservation's id.");

    private static RequestEntryDocument Entry(ReservationId id, ReservationDocument reservation) => new(reservation.CreatedAt, id.ToString());

    private static PartitionRef PartitionOf(string userId) => new(DocumentContainer.Wallets, userId);
}
