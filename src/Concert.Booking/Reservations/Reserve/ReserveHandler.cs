using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations.Best;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Telemetry;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations.Reserve;

/// <summary>
/// Holds the places or writes the refusal. A hold's places are counted in its user's partition just before the section's batch; who is refused by the
/// section itself is not counted.
/// </summary>
public sealed class ReserveHandler(
    CatalogReader catalog,
    SectionWriter writer,
    UserPlaces places,
    ITakenSeats taken,
    IdGenerator ids,
    TimeProvider time,
    IOptions<BookingOptions> rules)
{
    /// <summary>Of one run; the next one goes on from there.</summary>
    private const int MaxMoves = 8;

    private DateTimeOffset Now => time.GetUtcNow();

    private ITakenSeats Taken => taken;

    public async Task<HandlerOutcome> HandleAsync(ReservationId id, ReserveCommand command, CancellationToken cancellationToken)
    {
        if (await ScheduleAsync(id, command, cancellationToken) is null)
        {
            return new HandlerOutcome.Poison(PoisonReason.UnknownSchedule, $"Schedule {id.Section.ScheduleId} does not exist.");
        }

        var decision = command.Best is { } wanted
            ? await ChooseAsync(id, command, wanted, cancellationToken)
            : await writer.RunAsync(new Reserving(this, id, command), cancellationToken);

        foreach (var _ in decision.Expired ?? [])
        {
            BookingTelemetry.HoldsExpired.Add(1, new KeyValuePair<string, object?>("by", "take-over"));
        }

        var reservation = decision.Reservation!;
        if (reservation.Status == ReservationStatus.Rejected)
        {
            await places.ListAsync(id, reservation, cancellationToken);
        }

        return new HandlerOutcome.Reservation(reservation.Status, RefusalCodes.Find(reservation.Reason));
    }

    /// <summary>Each move is written before the next section is looked at, so that a run after a crash, and one at the same time, find where it stands.</summary>
    private async Task<Decision> ChooseAsync(ReservationId id, ReserveCommand command, WantedPlaces wanted, CancellationToken cancellationToken)
    {
        for (var move = 0; move <= MaxMoves; move++)
        {
            var decision = await writer.RunAsync(new Choosing(this, id, command, wanted), cancellationToken);
            if (decision.Reservation is not { Moved: not null })
            {
                return decision;
            }
        }

        throw new StoreUnavailableException($"{id}: places go faster than it can move on to them.");
    }

    private async ValueTask<Decision> DecideAsync(SectionState state, ReservationId id, ReserveCommand command, CancellationToken cancellationToken)
    {
        // With each attempt: however long it takes, it is decided by a schedule that is not old.
        var schedule = await ScheduleAsync(id, command, cancellationToken)
            ?? throw new InvalidOperationException($"Schedule {id.Section.ScheduleId} is gone.");
        var decision = ReserveDecision.Decide(state, id, command, schedule, Now, rules.Value, ids.RefusalLifetime);
        if (decision is not { Changes: not null, Reservation: { Status: ReservationStatus.Held } held })
        {
            return decision;
        }

        var limit = schedule.MaxPerUser ?? rules.Value.MaxPerUser;
        var answer = await places.CountAsync(id, held, limit, cancellationToken);
        if (answer is PlacesAnswer.LimitReached full && await MakeRoomAsync(full.Live, id, command, cancellationToken))
        {
            answer = await places.CountAsync(id, held, limit, cancellationToken);
        }

        return answer switch
        {
            PlacesAnswer.Counted => decision,
            PlacesAnswer.LimitReached => Refuse(RefusalCode.LimitReached),

            // The reservation has ended while this run was on its way: the batch meets its document and is decided again.
            _ => Refuse(RefusalCode.Unavailable),
        };

        Decision Refuse(RefusalCode code) =>
            ReserveDecision.Refuse(state, id, command, schedule, Now, code, ids.RefusalLifetime);
    }

    /// <summary>The schedule as it stands. Another instance may have accepted places that were added a moment ago.</summary>
    private async Task<ScheduleDocument?> ScheduleAsync(ReservationId id, ReserveCommand command, CancellationToken cancellationToken) =>
        await catalog.FindCurrentWithAsync(
            id.Section.ScheduleId,
            s => command.Best is null ? s.Has(id.Section, command.Seats) : s.Section(id.Section.Section) is not null,
            cancellationToken);

    /// <summary>Before a user is told that the limit is reached, the user's own holds that are over and give way to this command end now. Whether one did.</summary>
    private async Task<bool> MakeRoomAsync(IReadOnlyList<LivePlaces> live, ReservationId id, ReserveCommand command, CancellationToken cancellationToken)
    {
        var madeRoom = false;
        foreach (var (other, _) in live.Where(l => ReserveDecision.CanBeTakenOver(l.Reservation, l.Id, id, command, Now)))
        {
            var after = await writer.ChangeAsync(
                other, (state, now) => ReserveDecision.EndOverdue(state, other, id, command, now), cancellationToken);
            madeRoom |= after.Reservation is { HasEnded: true };
        }

        return madeRoom;
    }

    private sealed class Reserving(ReserveHandler handler, ReservationId id, ReserveCommand command) : SectionDecider(id)
    {
        public override Task<SectionState> LoadAsync(IDocumentStore store, CancellationToken cancellationToken) =>
            SectionLoader.ForReserveAsync(store, Id, Id.Section, command.Seats ?? [], handler.Now, cancellationToken);

        public override ValueTask<Decision> DecideAsync(SectionState state, CancellationToken cancellationToken) =>
            handler.DecideAsync(state, Id, command, cancellationToken);
    }

    /// <summary>
    /// Chooses the best places of what is known to be taken, and reads those it has chosen. When one of them is taken after all, when the batch meets a
    /// conflict, and before it says that there are none, it is read again: nobody loses places to somebody else while there are others. Of several sections
    /// only the one in which the request stands may decide it; where the best places are in another one, it moves there.
    /// </summary>
    private sealed class Choosing(ReserveHandler handler, ReservationId id, ReserveCommand command, WantedPlaces wanted) : SectionDecider(id)
    {
        private const int MaxLooks = 16;

        private SectionRef? _chosen;
        private IReadOnlyList<int>? _keys;
        private int _move;
        private bool _isAgain;

        public override async Task<SectionState> LoadAsync(IDocumentStore store, CancellationToken cancellationToken)
        {
            var schedule = await handler.ScheduleAsync(Id, command, cancellationToken);
            var here = await HereAsync(store, cancellationToken);
            var search = new BestSearch(handler.Taken, schedule, wanted, wanted.AnySection ? null : Id.Section);
            if (_isAgain)
            {
                await search.ReadAsync(here.Section, cancellationToken);
            }

            _isAgain = true;
            for (var look = 1; look <= MaxLooks && here.Reservation(Id.Code) is null; look++)
            {
                (_chosen, _keys) = await search.FindAsync(cancellationToken) is { } found ? (found.Section, found.Keys) : (here.Section, null);
                if (_keys is null)
                {
                    if (await search.ReadAllAsync(command.AcceptedAt, cancellationToken))
                    {
                        return wanted.AnySection ? here : await SectionLoader.ForReserveAsync(store, Id, here.Section, [], handler.Now, cancellationToken);
                    }

                    continue;
                }

                var there = await SectionLoader.ForReserveAsync(store, Id, _chosen.Value, _keys, handler.Now, cancellationToken);
                if (there.Section == here.Section && there.Reservation(Id.Code) is not null)
                {
                    return there;
                }

                if (!_keys.All(key => there.Seat(key).Status == SeatStatus.Available))
                {
                    await search.ReadAsync(_chosen.Value, cancellationToken);
                }
                else if (_chosen != here.Section)
                {
                    return here;
                }
                else if (there.ETagOf(Id.DocumentId) == here.ETagOf(Id.DocumentId))
                {
                    return there;
                }

                here = await HereAsync(store, cancellationToken);
            }

            return here.Reservation(Id.Code) is not null
                ? here
                : throw new StoreUnavailableException($"{Id.Section.PartitionKey}: places go faster than they can be chosen.");
        }

        public override ValueTask<Decision> DecideAsync(SectionState state, CancellationToken cancellationToken) => _chosen is { } there && there != state.Section
            ? new(ReserveDecision.MoveOn(state, Id, command, there, _move + 1))
            : handler.DecideAsync(state, Id, command with { Seats = _keys }, cancellationToken);

        /// <summary>Finds the section in which the request stands, and the number of its moves. Only one for any section has to be looked for.</summary>
        private async Task<SectionState> HereAsync(IDocumentStore store, CancellationToken cancellationToken)
        {
            if (!wanted.AnySection)
            {
                return new SectionState(Id.Section);
            }

            (var state, _move) = await SectionLoader.FollowAsync(store, Id, cancellationToken);
            return state;
        }
    }
}
