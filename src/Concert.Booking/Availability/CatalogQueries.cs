using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Availability;

/// <summary>What is on sale.</summary>
public sealed class CatalogQueries(IDocumentStore store, CatalogReader catalog, ConcertListing listing, ScheduleSections sections, TimeProvider time)
    : ICatalogQueries
{
    private const int PageSize = 200;

    public async Task<Result<IReadOnlyList<ConcertView>>> ListConcertsAsync(CancellationToken cancellationToken)
    {
        var listed = await listing.ReadAsync(cancellationToken);
        var now = time.GetUtcNow();
        return listed.Where(l => l.Schedule.BookingEndAt > now)
            .GroupBy(l => (l.ConcertId, l.ConcertName), l => l.Schedule.BookingStartAt)
            .OrderBy(concert => concert.Min())
            .ThenBy(concert => concert.Key.ConcertName, StringComparer.Ordinal)
            .ThenBy(concert => concert.Key.ConcertId, StringComparer.Ordinal)
            .Select(concert => new ConcertView(
                concert.Key.ConcertId,
                concert.Key.ConcertName,
                concert.Any(start => start <= now),
                concert.Where(start => start > now).Select(start => (DateTimeOffset?)start).Min()))
            .ToList();
    }

    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken) =>
        (await store.ScanAsync(DocumentContainer.Catalog, ConcertDocument.DocumentId, null, 1, cancellationToken)).Items.Count == 0;

    public async Task<Result<IReadOnlyList<ScheduleView>>> ListSchedulesAsync(string concertId, CancellationToken cancellationToken)
    {
        if (concertId.Length > SectionRef.MaxIdLength || await catalog.FindConcertAsync(concertId, cancellationToken) is null)
        {
            return Refusal.NotYours("concert");
        }

        var partition = new PartitionRef(DocumentContainer.Catalog, concertId);
        var views = new List<ScheduleView>();
        string? after = null;
        do
        {
            var page = await store.QueryAsync(partition, new PartitionQuery(ScheduleDocument.Prefix, after, PageSize), cancellationToken);
            var schedules = page.Items.Select(DocumentJson.Read<ScheduleDocument>);
            views.AddRange(await Task.WhenAll(schedules.Select(s => ViewAsync(concertId, s, cancellationToken))));
            after = page.Continuation;
        }
        while (after is not null);

        return views.OrderBy(v => v.OpenAt).ThenBy(v => v.Id, StringComparer.Ordinal).ToList();
    }

    private async Task<ScheduleView> ViewAsync(string concertId, ScheduleDocument schedule, CancellationToken cancellationToken)
    {
        var (total, taken) = await sections.CountAsync(schedule, cancellationToken);
        return new ScheduleView(
            schedule.ScheduleId,
            concertId,
            schedule.OpenAt,
            schedule.CloseAt,
            schedule.BookingStartAt,
            schedule.BookingEndAt,
            total,
            taken);
    }
}
