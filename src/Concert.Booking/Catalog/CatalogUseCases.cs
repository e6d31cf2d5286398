using Concert.Booking.Identity;
using Concert.Booking.Shared;
using Concert.Booking.Storage;

namespace Concert.Booking.Catalog;

/// <summary>What is on sale, and what is left of it.</summary>
public sealed class CatalogUseCases(
    IDocumentStore store, CatalogReader catalog, CatalogAdmin admin, SeatMapReader seatMaps, ScheduleSections sections, ScheduleReporter reporter, TimeProvider time) : ICatalogUseCases
{
    private const int PageSize = 200;
    private const int MaxConcerts = 10_000;

    public async Task<Result<IReadOnlyList<ConcertView>>> ListConcertsAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var concerts = new List<(long CreatedAt, ConcertView View)>();
        string? continuation = null;
        do
        {
            var page = await store.ScanAsync(DocumentContainer.Catalog, ConcertDocument.TypeName, continuation, PageSize, cancellationToken);
            foreach (var located in page.Items)
            {
                var concert = DocumentJson.Read<ConcertDocument>(located.Document);
                if (concert.SaleEndsAt is null || concert.SaleEndsAt > now)
                {
                    concerts.Add((concert.CreatedAt, new ConcertView(located.Partition.Key, concert.Name)));
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null && concerts.Count < MaxConcerts);

        return concerts.OrderBy(c => c.CreatedAt).ThenBy(c => c.View.Id, StringComparer.Ordinal).Select(c => c.View).ToList();
    }

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

    public Task<Result<SeatMap>> GetSeatMapAsync(string scheduleId, bool includeAll, CancellationToken cancellationToken) =>
        seatMaps.GetAsync(scheduleId, includeAll, cancellationToken);

    public Task<Result<CreatedConcert>> CreateConcertAsync(NewConcert request, string? idempotencyKey, CancellationToken cancellationToken) =>
        admin.CreateConcertAsync(request, idempotencyKey, cancellationToken);

    public Task<Result<CreatedSchedule>> CreateScheduleAsync(NewSchedule request, string? idempotencyKey, CancellationToken cancellationToken) =>
        admin.CreateScheduleAsync(request, idempotencyKey, cancellationToken);

    public Task<Result<ScheduleReport>> ReportAsync(string scheduleId, CancellationToken cancellationToken) =>
        reporter.ReportAsync(scheduleId, cancellationToken);

    public string? ConcertOf(string id)
    {
        var stem = id.IndexOf('.', StringComparison.Ordinal) is var dot && dot > 0 ? id[..dot] : id;
        return SectionRef.TryParseSeat(stem, out var seat, out _) ? seat.ConcertId
            : SectionRef.TryParse(stem, out var section) ? section.ConcertId
            : SectionRef.TryParseSchedule(stem, out var concert) ? concert
            : null;
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
