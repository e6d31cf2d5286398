using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Availability;

/// <summary>Lists what is on sale.</summary>
public sealed class CatalogQueries(IDocumentStore store, CatalogReader catalog, ConcertListing listing, ScheduleSections sections, TimeProvider time)
    : ICatalogQueries
{
    private const int PageSize = 200;

    public async Task<Result<IReadOnlyList<ConcertView>>> ListConcertsAsync(CancellationToken cancellationToken)
    {
        var listed = await listing.ReadAsync(cancellationToken);
        var now = time.GetUtcNow();
        return listed.Where(l => l.Window.To > now && !l.Window.IsCalledOff)
            .GroupBy(l => (l.ConcertId, l.ConcertName), l => l.Window)
            .OrderBy(concert => concert.Min(window => window.From))
            .ThenBy(concert => concert.Key.ConcertName, StringComparer.Ordinal)
            .ThenBy(concert => concert.Key.ConcertId, StringComparer.Ordinal)
            .Select(concert => new ConcertView(
                concert.Key.ConcertId,
                concert.Key.ConcertName,
                concert.Any(window => window.From <= now && !window.IsPaused),
                concert.Where(window => window.From > now).Select(window => (DateTimeOffset?)window.From).Min()))
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

        // What has changed is read first: a plan that is newer has all that the older one has.
        var sales = (await ReadAllAsync<SaleDocument>(concertId, SaleDocument.Prefix, cancellationToken)).ToDictionary(s => s.ScheduleId, StringComparer.Ordinal);
        var schedules = await ReadAllAsync<ScheduleDocument>(concertId, ScheduleDocument.Prefix, cancellationToken);
        var views = await Task.WhenAll(schedules.Select(s =>
            ViewAsync(concertId, sales.TryGetValue(s.ScheduleId, out var sale) ? s.With(sale) : s, cancellationToken)));
        return views.OrderBy(v => v.OpenAt).ThenBy(v => v.Id, StringComparer.Ordinal).ToList();
    }

    private async Task<List<T>> ReadAllAsync<T>(string concertId, string prefix, CancellationToken cancellationToken)
        where T : class, IDocument<T>
    {
        var all = new List<T>();
        string? after = null;
        do
        {
            var page = await store.QueryAsync(
                new PartitionRef(DocumentContainer.Catalog, concertId), new PartitionQuery(prefix, after, PageSize), cancellationToken);
            all.AddRange(page.Items.Select(DocumentJson.Read<T>));
            after = page.Continuation;
        }
        while (after is not null);

        return all;
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
            taken,
            schedule.CalledOff);
    }
}
