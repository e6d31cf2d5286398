using Concert.Booking.Identity;
using Concert.Booking.Messaging;
using Concert.Booking.Payments;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations;

/// <summary>Handles what the timers send: a timer never decides, it only asks.</summary>
public sealed class TimerHandlers(
    IDocumentStore store, SectionWriter writer, UserPlaces places, PaySaga payments, CancelSaga cancellations, TimeProvider time, IOptions<BookingOptions> rules)
{
    public async Task<HandlerOutcome> ExpireAsync(ReservationId id, CancellationToken cancellationToken)
    {
        var decision = await writer.ChangeAsync(id, state => ExpireDecision.Decide(state, id.Code, time.GetUtcNow(), rules.Value), cancellationToken);
        if (decision.Expired is { Count: > 0 })
        {
            Telemetry.HoldsExpired.Add(1, new KeyValuePair<string, object?>("by", "timer"));
        }

        if (decision is { Reservation: { Status: ReservationStatus.Expired } ended })
        {
            // Also when an earlier run expired it and its answer was lost, before it came this far.
            await places.SettleAsync(id.Section, ended, cancellationToken);
            await writer.ReleaseGateAsync(id.Section, ended, cancellationToken);
        }

        return HandlerOutcome.Decided(decision.Reservation?.Status ?? "NONE");
    }

    public async Task<HandlerOutcome> ResumeAsync(ReservationId id, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(id.Section.Partition, id.DocumentId, cancellationToken);
        switch (DocumentJson.ReadVersioned<ReservationDocument>(stored)?.Value)
        {
            case { Status: ReservationStatus.Paying } paying:
                return await payments.ResumeAsync(id, paying, cancellationToken);
            case { IsCancelling: true } cancelling:
                return await cancellations.FinishAsync(id, cancelling, cancellationToken);
            case { } settled:
                // An earlier run of this command may have died after the last batch.
                await places.SettleAsync(id.Section, settled, cancellationToken);
                return HandlerOutcome.Decided(settled.Status);
            case null:
                return HandlerOutcome.Decided("NONE");
        }
    }
}
