using Concert.Booking.Cancellations;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Settings;
using Concert.Booking.Telemetry;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Timers;

/// <summary>Handles what the timers send: a timer never decides, it only asks.</summary>
public sealed class TimerHandlers(
    SectionLoader loader, SectionWriter writer, PaySaga payments, CancelSaga cancellations, TimeProvider time, IOptions<BookingOptions> rules)
{
    public async Task<HandlerOutcome> ExpireAsync(ReservationId id, CancellationToken cancellationToken)
    {
        var decision = await writer.ChangeAsync(id, state => ExpireDecision.Decide(state, id.Code, time.GetUtcNow(), rules.Value), cancellationToken);
        if (decision.Expired is { Count: > 0 })
        {
            BookingTelemetry.HoldsExpired.Add(1, new KeyValuePair<string, object?>("by", "timer"));
        }

        if (decision is { Reservation: { Status: ReservationStatus.Expired } ended })
        {
            // Also when an earlier run expired it and its answer was lost, before it came this far.
            await writer.ReleaseGateAsync(id.Section, ended, cancellationToken);
        }

        return HandlerOutcome.Decided(decision.Reservation?.Status ?? "NONE");
    }

    public async Task<HandlerOutcome> ResumeAsync(ReservationId id, CancellationToken cancellationToken)
    {
        var state = await loader.ForReservationAsync(id, withSeats: false, cancellationToken);
        switch (state.Reservation(id.Code))
        {
            case { Status: ReservationStatus.Paying } paying:
                return await payments.ResumeAsync(id, paying, state, cancellationToken);
            case { IsCancelling: true } cancelling:
                return await cancellations.FinishAsync(id, cancelling, state, cancellationToken);
            case { } settled:
                return HandlerOutcome.Decided(settled.Status);
            case null:
                return HandlerOutcome.Decided("NONE");
        }
    }
}
