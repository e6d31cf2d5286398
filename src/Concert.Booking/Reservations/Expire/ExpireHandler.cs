using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Telemetry;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations.Expire;

/// <summary>Handles what the release timer sends: the timer never decides, it only asks.</summary>
public sealed class ExpireHandler(SectionWriter writer, IOptions<BookingOptions> rules)
{
    public async Task<HandlerOutcome> HandleAsync(ReservationId id, CancellationToken cancellationToken)
    {
        var decision = await writer.ChangeAsync(id, (state, now) => ExpireDecision.Decide(state, id.Code, now, rules.Value), cancellationToken);
        if (decision.Expired is { Count: > 0 })
        {
            BookingTelemetry.HoldsExpired.Add(1, new KeyValuePair<string, object?>("by", "timer"));
        }

        return new HandlerOutcome.Reservation(decision.Reservation?.Status);
    }
}
