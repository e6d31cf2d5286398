using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
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
    IdGenerator ids,
    TimeProvider time,
    IOptions<BookingOptions> rules)
{
    private DateTimeOffset Now => time.GetUtcNow();

    public async Task<HandlerOutcome> HandleAsync(ReservationId id, ReserveCommand command, CancellationToken cancellationToken)
    {
        if (await ScheduleAsync(id, command, cancellationToken) is null)
        {
            return new HandlerOutcome.Poison(PoisonReason.UnknownSchedule, $"Schedule {id.Section.ScheduleId} does not exist.");
        }

        var decision = await writer.RunAsync(new Reserving(this, id, command), cancellationToken);

        foreach (var _ in decision.Expired ?? [])
        {
            BookingTelemetry.HoldsExpired.Add(1, new KeyValuePair<string, object?>("by", "take-over"));
        }

        var reservation = decision.Reservation!;
        if (reservation.Status == ReservationStatus.Rejected)
        {
            await places.ListAsync(id, reservation, cancellationToken);
            await writer.ReleaseGateAsync(id.Section, reservation, cancellationToken);
        }

        return new HandlerOutcome.Reservation(reservation.Status, RefusalCodes.Find(reservation.Reason));
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
        await catalog.FindCurrentWithAsync(id.Section.ScheduleId, s => s.Has(id.Section, command.Seats), cancellationToken);

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
            SectionLoader.ForReserveAsync(store, Id, command.Seats ?? [], handler.Now, cancellationToken);

        public override ValueTask<Decision> DecideAsync(SectionState state, CancellationToken cancellationToken) =>
            handler.DecideAsync(state, Id, command, cancellationToken);
    }
}
