using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Catalog;

/// <summary>Ends the sale of a schedule that was called off: from the moment it is written nobody who decides by the schedule sells any more.</summary>
public sealed class SaleCloser(IDocumentStore store, StoreLoop loop, CatalogReader catalog, ConcertListing listing)
{
    private const int MaxAttempts = 10;

    /// <summary>Writes it under the sale's ETag, unless it is there, and tells the list. May run again, and beside itself.</summary>
    /// <exception cref="StoreUnavailableException">It may have been written: repeat it.</exception>
    public async Task CloseAsync(string scheduleId, CalledOff calledOff, CancellationToken cancellationToken)
    {
        var partition = new PartitionRef(DocumentContainer.Catalog, SectionRef.TryParseSchedule(scheduleId, out var concertId) ? concertId : "");
        var (schedule, revision) = await loop.RunAsync(
            partition,
            MaxAttempts,
            async token =>
            {
                var stored = await store.ReadManyAsync(partition, [ScheduleDocument.Prefix + scheduleId, SaleDocument.IdOf(scheduleId)], token);
                var plan = DocumentJson.ReadVersioned<ScheduleDocument>(stored[0])?.Value
                    ?? throw new InvalidOperationException($"Schedule {scheduleId} does not exist.");
                var sale = DocumentJson.ReadVersioned<SaleDocument>(stored[1]);
                var before = sale is { Value: var changed } ? plan.With(changed) : plan;
                if (before.CalledOff is not null)
                {
                    return new Attempt<(ScheduleDocument, int)>([], (before, sale!.Value.Value.Revision));
                }

                var (after, next) = (before with { CalledOff = calledOff }, (sale?.Value.Revision ?? 0) + 1);
                await listing.UnsettleAsync(before, after, next, token);
                return new Attempt<(ScheduleDocument, int)>([DocumentJson.Put(SaleDocument.Of(after, next), sale?.ETag)], (after, next));
            },
            cancellationToken);
        catalog.Forget(scheduleId);
        await listing.SettleAsync(schedule, revision, cancellationToken);
        listing.Forget();
    }
}
