using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations;

/// <summary>
/// Loads, decides and commits a change of one section, again and again until it is written or there is nothing to write; then opens the gate of freed
/// places. The seat map hears of it with the commit.
/// </summary>
public sealed class SectionWriter(SectionLoader loader, StoreLoop loop, ISeatMapCache maps, ISeatGate gate, ReservationEvents events, IOptions<BookingOptions> options)
{
    /// <summary>Runs a decision about a reservation that is there.</summary>
    /// <param name="id">The reservation.</param>
    /// <param name="decide">Decides on what is known of the section.</param>
    /// <param name="cancellationToken">Gives up between attempts.</param>
    /// <param name="known">The section as the step before left it, for the first attempt; a conflict reads everything.</param>
    public Task<Decision> ChangeAsync(
        ReservationId id, Func<SectionState, Decision> decide, CancellationToken cancellationToken, SectionState? known = null)
    {
        var isFirst = true;
        return RunAsync(
            id,
            async token =>
            {
                var state = (isFirst ? known : null) ?? await loader.ForReservationAsync(id, withSeats: !isFirst, token);
                isFirst = false;
                return state;
            },
            (state, _) => Task.FromResult(decide(state)),
            cancellationToken);
    }

    /// <summary>Runs a decision on a state that <paramref name="load"/> reads.</summary>
    public async Task<Decision> RunAsync(
        ReservationId id,
        Func<CancellationToken, Task<SectionState>> load,
        Func<SectionState, CancellationToken, Task<Decision>> decide,
        CancellationToken cancellationToken)
    {
        var decision = await loop.RunAsync(
            id.Section.Partition,
            options.Value.MaxCommitAttempts,
            async token =>
            {
                var state = await load(token);
                var next = await decide(state, token);
                IReadOnlyList<DocumentOperation> operations =
                    next.Changes is { } changes ? [.. changes.ToOperations(), .. await events.OfAsync(changes, state, token)] : [];
                return new Attempt<Decision>(operations, next with { State = state })
                {
                    Around = next.Changes is { MovesPlaces: true } ? commit => maps.ChangeAsync(id.Section.ScheduleId, id.Section.Section, commit) : null,
                    Written = etags => next with { State = next.Changes!.Written(operations, etags) },
                };
            },
            cancellationToken);

        foreach (var ended in decision.Expired ?? [])
        {
            await ReleaseGateAsync(id.Section, ended, cancellationToken);
        }

        return decision;
    }

    /// <summary>Gives back the gate of a reservation that no longer has its places, or never got them.</summary>
    public async Task ReleaseGateAsync(SectionRef section, ReservationDocument reservation, CancellationToken cancellationToken)
    {
        if (reservation.Seats is { Count: > 0 } seats)
        {
            var id = reservation.IdIn(section);
            await gate.ReleaseAsync(section.PartitionKey, [.. seats.Select(s => section.SeatId(s.Number))], id.ToString(), cancellationToken);
        }
    }
}
