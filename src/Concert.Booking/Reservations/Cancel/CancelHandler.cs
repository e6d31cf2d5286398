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

/// <summary>
/// Cancels all or a part: of a hold at once, of a paid reservation with its refund first and its seats after. Comes in again after a crash like
/// <see cref="PayHandler"/>.
/// </summary>
public sealed class CancelHandler(
    CatalogReader catalog,
    SectionWriter writer,
    WalletWriter wallets,
    PayHandler payments,
    IOptions<BookingOptions> booking,
    IOptions<CancellationOptions> cancellation,
    ILogger<CancelHandler> logger)
{
    public async Task<HandlerOutcome> HandleAsync(ReservationId id, CancelCommand command, CancellationToken cancellationToken) =>
        await catalog.FindCurrentAsync(id.Section.ScheduleId, cancellationToken) is null
            ? new HandlerOutcome.Poison(PoisonReason.UnknownSchedule, $"Schedule {id.Section.ScheduleId} does not exist.")
            : await RunAsync(id, command.Request, (state, now) => BeginAsync(state, id, command, now, cancellationToken), cancellationToken);

    /// <summary>Ends what has places of a schedule that is called off; nothing to do when there is nothing any more.</summary>
    public Task<HandlerOutcome> CallOffAsync(ReservationId id, CallOffCommand command, CancellationToken cancellationToken) => RunAsync(
        id,
        ReservationDocument.CalledOff,
        (state, now) => new ValueTask<Decision>(CancelDecisions.CallOff(state, id.Code, command.Why, now, booking.Value)),
        cancellationToken);

    /// <summary>With each attempt by the schedule as it stands: what is called off meanwhile gives all the money back.</summary>
    private async ValueTask<Decision> BeginAsync(
        SectionState state, ReservationId id, CancelCommand command, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (state.BelongsToAnother(id.Code, command.UserId))
        {
            return Decision.Unchanged(null, RefusalCode.NotYours);
        }

        var schedule = await catalog.FindCurrentAsync(id.Section.ScheduleId, cancellationToken)
            ?? throw new InvalidOperationException($"Schedule {id.Section.ScheduleId} is gone.");
        return CancelDecisions.Begin(
            state, id.Code, command, schedule.OpenAt, now, booking.Value, cancellation.Value, schedule.CalledOff is not null);
    }

    private async Task<HandlerOutcome> RunAsync(
        ReservationId id, string request, Func<SectionState, DateTimeOffset, ValueTask<Decision>> begin, CancellationToken cancellationToken)
    {
        var begun = await writer.ChangeAsync(id, begin, cancellationToken);
        if (begun.Reservation is { Status: ReservationStatus.Paying } paying)
        {
            // A payment was left half done: it comes first, then there is something to cancel.
            await payments.ResumeAsync(id, paying, begun.State, cancellationToken);
            begun = await writer.ChangeAsync(id, begin, cancellationToken);
        }

        if (begun is { Changes: null, Reservation: { IsCancelling: true } unfinished })
        {
            // So was a cancellation: this one, which is done then, or one before it.
            var finished = await FinishAsync(id, unfinished, begun.State, cancellationToken);
            if (finished is HandlerOutcome.Poison)
            {
                return finished;
            }

            begun = await writer.ChangeAsync(id, begin, cancellationToken);
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

        if (begun.Reservation is { IsCancelling: true } cancelling)
        {
            return await FinishAsync(id, cancelling, begun.State, cancellationToken);
        }

        // It was a hold, or this is run again: there is nothing more to do.
        return new HandlerOutcome.Reservation(begun.Reservation?.Status);
    }

    /// <summary>Refunds and releases what was cancelled; nothing to do when it is done.</summary>
    public async Task<HandlerOutcome> FinishAsync(ReservationId id, ReservationDocument reservation, SectionState? known, CancellationToken cancellationToken)
    {
        if (reservation is { IsCancelling: true, Cancellations: [.., var record] records, Payment: { } payment })
        {
            var change = new WalletChange.Refund(payment, records.Count, record.Refund ?? 0, IsLast: record.Places == reservation.Places);
            var refund = await wallets.ApplyAsync(reservation.UserId, change, cancellationToken);
            if (refund is WalletOutcome.Refused refused)
            {
                BookingTelemetry.InvariantBroken.Add(1, new KeyValuePair<string, object?>("invariant", "L4"));
                logger.LogCritical("The refund of {ReservationId} was refused: {Reason}", id, refused.Code.Name());
                return new HandlerOutcome.Poison(PoisonReason.RefundRefused, refused.Code.Name());
            }

            var finished = await writer.ChangeAsync(
                id, (state, now) => CancelDecisions.Finish(state, id.Code, records.Count, now), cancellationToken, known);
            reservation = finished.Reservation ?? reservation;
        }

        return new HandlerOutcome.Reservation(reservation.Status);
    }
}
