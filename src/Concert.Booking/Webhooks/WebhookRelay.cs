using System.Text.Json;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Storage;

namespace Concert.Booking.Webhooks;

/// <summary>
/// Copies each event of the outbox to the receivers that want it and then takes it away. Dying in between means that it is copied again, under the same ids.
/// The events of one subject go in their order, whatever order they are found in.
/// </summary>
public sealed class WebhookRelay(IDocumentStore store, CatalogReader catalog, TimeProvider time)
{
    private const int MaxFound = 1_000;
    private const int MaxPerSubject = 100;

    private static readonly string[] Waiting = [OutboxDocument.Waiting];

    /// <summary>Moves what waits; returns how many events. Throws StoreUnavailableException; what was moved stays moved.</summary>
    public async Task<int> MoveAsync(IReadOnlyList<WebhookDocument> receivers, CancellationToken cancellationToken)
    {
        var moved = 0;
        var found = await store.QueryDueAsync(DocumentContainer.Bookings, Waiting, time.GetUtcNow(), MaxFound, cancellationToken);
        foreach (var (partition, subject) in found.Select(f => (f.Partition, DocumentJson.Read<OutboxDocument>(f.Document).Subject)).Distinct())
        {
            // What was found may be a later event whose earlier one was not: the partition itself is asked for all of them.
            var query = new PartitionQuery(OutboxDocument.PrefixOf(subject), null, MaxPerSubject);
            foreach (var stored in (await store.QueryAsync(partition, query, cancellationToken)).Items)
            {
                await MoveAsync(partition, DocumentJson.Read<OutboxDocument>(stored), receivers, cancellationToken);
                moved++;
            }
        }

        return moved;
    }

    private async Task MoveAsync(PartitionRef partition, OutboxDocument happened, IReadOnlyList<WebhookDocument> receivers, CancellationToken cancellationToken)
    {
        List<WebhookDocument> wanting = [.. receivers.Where(r => r.Events.Contains(happened.Event))];
        if (wanting.Count > 0)
        {
            var delivery = happened.Event == WebhookEvents.CalledOff ? Render(happened) : await RenderAsync(partition, happened, cancellationToken);
            foreach (var receiver in wanting)
            {
                Written(await store.CommitAsync(WebhookDocument.QueueOf(receiver.Key), [DocumentJson.Put(delivery, null)], cancellationToken));
            }
        }

        Written(await store.CommitAsync(partition, [new DocumentOperation.Delete(happened.Id)], cancellationToken));
    }

    private async Task<DeliveryDocument> RenderAsync(PartitionRef partition, OutboxDocument happened, CancellationToken cancellationToken)
    {
        var section = SectionRef.OfPartition(partition);
        var reservation = JsonSerializer.Deserialize(happened.Data, ReservationsJson.Default.ReservationDocument)!;
        var id = reservation.IdIn(section);
        var schedule = await catalog.FindScheduleAsync(section.ScheduleId, cancellationToken);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(happened.At);
        var view = schedule is null ? null : ReservationViews.View(section, reservation, schedule);
        var body = JsonSerializer.Serialize(new WebhookEvent(happened.Event, at, new WebhookData(reservation.UserId, view)), WebhooksJson.Default.WebhookEvent);
        return new DeliveryDocument(
            id.CreatedAt.ToUnixTimeMilliseconds(), happened.Subject, happened.Number, happened.Event, happened.At, id.ToString(), body) { NextAt = happened.At };
    }

    /// <summary>About a schedule: the subject is its id.</summary>
    private static DeliveryDocument Render(OutboxDocument happened)
    {
        var calledOff = JsonSerializer.Deserialize(happened.Data, CatalogJson.Default.CalledOff)!;
        var data = new WebhookData(null, null, happened.Subject, calledOff.Reason);
        var body = JsonSerializer.Serialize(new WebhookEvent(happened.Event, calledOff.At, data), WebhooksJson.Default.WebhookEvent);
        return new DeliveryDocument(happened.At, happened.Subject, happened.Number, happened.Event, happened.At, happened.Subject, body) { NextAt = happened.At };
    }

    /// <summary>Already there, or already gone: an earlier run did it.</summary>
    private static void Written(CommitResult result)
    {
        if (result is not (CommitResult.Committed or CommitResult.Conflict { Kind: ConflictKind.Exists or ConflictKind.Missing }))
        {
            throw new StoreUnavailableException($"An event could not be moved on: {result}");
        }
    }
}
