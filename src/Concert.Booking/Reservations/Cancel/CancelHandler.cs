using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Telemetry;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations.Cancel;

/// <summary>Cancels: a hold at once, a paid reservation with its refund first and its seats after. Comes in again after a crash like <see cref="PayHandler"/>.</summary>
public sealed class CancelHandler(
    CatalogReader catalog,
    SectionWriter writer,
    WalletWriter wallets,
    PayHandler payments,
    IOptions<BookingOptions> booking,
    IOptions<CancellationOptions> cancellation,
    ILogger<CancelHandler> logger)
{
    public async Task<HandlerOutcome> HandleAsync(ReservationId id, CancelCommand command, CancellationToken cancellationToken)
    {
        var schedule = await catalog.FindScheduleAsync(id.Section.ScheduleId, cancellationToken);
        if (schedule is null)
        {
            return new HandlerOutcome.Poison(PoisonReason.UnknownSchedule, $"Schedule {id.Section.ScheduleId} does not exist.");
        }

        var begun = await BeginAsync();
        if (begun.Reservation is { Status: ReservationStatus.Paying } paying)
        {
            // A payment was left half done: it comes first, then there is something to cancel.
            await payments.ResumeAsync(id, paying, begun.State, cancellationToken);
            begun = await BeginAsync();
        }

        if (begun.Refused == RefusalCode.NotYours)
        {
            return new HandlerOutcome.Refused(RefusalCode.NotYours);
        }

        if (begun.Refused is { } refused)
        {
            await writer.ChangeAsync(id, (state, now) => CancelDecisions.Note(state, id.Code, refused, now), cancellationToken, begun.State);
            return new HandlerOutcome.Refused(refused);
        }

        return await FinishAsync(id, begun.Reservation!, begun.State, cancellationToken);

        Task<Decision> BeginAsync() => writer.ChangeAsync(
            id,
            (state, now) => state.BelongsToAnother(id.Code, command.UserId)
                ? Decision.Unchanged(null, RefusalCode.NotYours)
                : CancelDecisions.Begin(state, id.Code, command, schedule.OpenAt, now, booking.Value, cancellation.Value),
            cancellationToken);
    }

    /// <summary>Refunds and releases what was cancelled; nothing to do when it is done.</summary>
    public async Task<HandlerOutcome> FinishAsync(ReservationId id, ReservationDocument reservation, SectionState? known, CancellationToken cancellationToken)
    {
        if (reservation is { IsCancelling: true, Cancellation: { } record, Payment: { } payment })
        {
            var refund = await wallets.ApplyAsync(reservation.UserId, new WalletChange.Refund(payment, record.Refund), cancellationToken);
            if (refund is WalletOutcome.Refused refused)
            {
                BookingTelemetry.InvariantBroken.Add(1, new KeyValuePair<string, object?>("invariant", "L4"));
                logger.LogCritical("The refund of {ReservationId} was refused: {Reason}", id, refused.Code.Name());
                return new HandlerOutcome.Poison(PoisonReason.RefundRefused, refused.Code.Name());
            }

            var finished = await writer.ChangeAsync(id, (state, now) => CancelDecisions.Finish(state, id.Code, now), cancellationToken, known);
            reservation = finished.Reservation ?? reservation;
        }

        await writer.ReleaseGateAsync(id.Section, reservation, cancellationToken);
        return new HandlerOutcome.Reservation(reservation.Status);
    }
}
