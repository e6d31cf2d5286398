using Concert.Booking.Outbox;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.States;
using Concert.Booking.Webhooks;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Checks;

/// <summary>
/// webhooks: every receiver has got every event of every reservation, none that did not happen, and those of one reservation in their order, counting the first
/// time that each came.
/// </summary>
public sealed class WebhookRules(World world, SimStore store, SimReceivers receivers, int count)
{
    private const string Rule = "webhooks";

    /// <summary>Nothing is on its way to a receiver any more.</summary>
    public bool IsSilent => count == 0 || !Documents.Any(d => d.Parsed is OutboxDocument or DeliveryDocument { Status: DeliveryStatus.Queued });

    private IEnumerable<MemoryDocument> Documents => store.Partitions.SelectMany(p => p.Documents.Values);

    public void Judge()
    {
        List<(string Id, string Type)> happened = [.. Documents.Select(d => d.Parsed).OfType<ReservationDocument>().SelectMany(EventsOf)];
        happened.AddRange(Documents.Select(d => d.Parsed).OfType<CallOffDocument>().Select(c => ($"evt_{c.ScheduleId}_1", WebhookEvents.CalledOff)));
        for (var n = 1; n <= count; n++)
        {
            var url = SimReceivers.UrlOf(n);
            List<(string Id, string Type)> got = [.. receivers.Got.Where(g => g.Url == url).Select(g => (g.Id, g.Type)).Distinct()];
            foreach (var (id, type) in happened.Except(got))
            {
                world.Fail(Rule, $"{url} has not heard of {type} {id}");
            }

            foreach (var (id, type) in got.Except(happened))
            {
                world.Fail(Rule, $"{url} has heard of {type} {id}, which did not happen");
            }

            foreach (var subject in got.GroupBy(g => g.Id[..g.Id.LastIndexOf('_')], g => int.Parse(g.Id[(g.Id.LastIndexOf('_') + 1)..]), StringComparer.Ordinal))
            {
                if (!subject.SequenceEqual(subject.Order()))
                {
                    world.Fail(Rule, $"{url} has got the events of {subject.Key} in the order {string.Join(", ", subject)}");
                }
            }
        }
    }

    /// <summary>By its history, whose lines are numbered as the events are.</summary>
    private static IEnumerable<(string Id, string Type)> EventsOf(ReservationDocument reservation)
    {
        for (var i = 1; i < reservation.History.Count; i++)
        {
            var (before, now) = (reservation.History[i - 1].Status, reservation.History[i].Status);
            var isPart = reservation.History[i].Reason == ReservationDocument.PartCancelled;
            var type = before == now ? (isPart ? WebhookEvents.Cancelled : null) : now switch
            {
                ReservationStatus.Held when before == ReservationStatus.Pending => WebhookEvents.Held,
                ReservationStatus.Confirmed => WebhookEvents.Confirmed,
                ReservationStatus.Cancelled => WebhookEvents.Cancelled,
                ReservationStatus.Expired => WebhookEvents.Expired,
                _ => null,
            };
            if (type is not null)
            {
                yield return ($"evt_{reservation.Code}_{i + 1}", type);
            }
        }
    }
}
