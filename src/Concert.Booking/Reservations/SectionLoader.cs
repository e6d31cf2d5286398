using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Ports;

namespace Concert.Booking.Reservations;

/// <summary>Reads the documents that a decision needs, in as few rounds as their references allow.</summary>
public sealed class SectionLoader(IDocumentStore store)
{
    /// <summary>For a reservation to be made: it, the seats, and the holder of each seat whose hold is over.</summary>
    public async Task<SectionState> ForReserveAsync(
        ReservationId id, IReadOnlyList<int> seatNumbers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var state = new SectionState(id.Section);
        List<string> first = [id.DocumentId, .. seatNumbers.Select(SeatDocument.IdOf)];
        if (id.Section.IsInventory)
        {
            first.Add(CountersDocument.DocumentId);
        }

        await AddAsync(state, first, cancellationToken);

        var expired = seatNumbers.Select(state.Seat)
            .Where(s => s is { Status: SeatStatus.Held, Holder: not null } && s.HoldEndsAt <= now.ToUnixTimeMilliseconds())
            .Select(s => s.Holder!)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (expired.Count > 0)
        {
            await AddAsync(state, [.. expired.Select(ReservationId.DocumentIdOf)], cancellationToken);
        }

        return state;
    }

    /// <summary>For a change of a reservation that is there: it, and its seats where its ETag is not to stand for them.</summary>
    public async Task<SectionState> ForReservationAsync(ReservationId id, bool withSeats, CancellationToken cancellationToken)
    {
        var state = new SectionState(id.Section);
        await AddAsync(state, [id.DocumentId], cancellationToken);
        if (withSeats && state.Reservation(id.Code) is { } reservation)
        {
            await AddAsync(state, [.. OwnedBy(reservation)], cancellationToken);
        }

        return state;
    }

    private static IEnumerable<string> OwnedBy(ReservationDocument reservation) =>
        (reservation.Seats ?? []).Select(line => SeatDocument.IdOf(line.Number));

    private async Task AddAsync(SectionState state, List<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return;
        }

        foreach (var (id, stored) in ids.Zip(await store.ReadManyAsync(state.Section.Partition, ids, cancellationToken)))
        {
            state.Add(id, stored);
        }
    }
}
