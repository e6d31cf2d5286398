using System.Text.Json;
using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.States;
using Concert.Booking.Storage;

namespace Concert.Booking.Reservations;

/// <summary>The events that a batch has to tell receivers of: documents of the outbox for the very batch that makes the change, so that neither is without the other.</summary>
public sealed class ReservationEvents(WebhookRegistry registry)
{
    /// <summary>One operation for each reservation of which somebody wants to hear; none, and nothing allocated, where there are no receivers.</summary>
    public async ValueTask<IReadOnlyList<DocumentOperation>> OfAsync(SectionChanges changes, SectionState before, CancellationToken cancellationToken)
    {
        List<DocumentOperation>? operations = null;
        foreach (var reservation in changes.Reservations)
        {
            if (EventOf(before.Reservation(reservation.Code), reservation) is { } name && await registry.IsWantedAsync(name, cancellationToken))
            {
                var happened = new OutboxDocument(
                    reservation.Code,
                    reservation.Revision,
                    name,
                    reservation.History[^1].At,
                    JsonSerializer.Serialize(reservation, ReservationsJson.Default.ReservationDocument));
                (operations ??= []).Add(DocumentJson.Put(happened, null));
            }
        }

        return operations ?? (IReadOnlyList<DocumentOperation>)[];
    }

    /// <summary>Null for a step that is nobody's business: a payment that begins or is given back, a refusal, a note.</summary>
    private static string? EventOf(ReservationDocument? before, ReservationDocument after) => after.Status switch
    {
        var same when same == before?.Status =>
            after.Revision > before.Revision && after.History[^1].Reason == ReservationDocument.PartCancelled ? WebhookEvents.Cancelled : null,
        ReservationStatus.Held when before is null => WebhookEvents.Held,
        ReservationStatus.Confirmed => WebhookEvents.Confirmed,
        ReservationStatus.Cancelled => WebhookEvents.Cancelled,
        ReservationStatus.Expired => WebhookEvents.Expired,
        _ => null,
    };
}
