using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Availability;

/// <summary>What is on sale, and what is left of it.</summary>
public sealed class CatalogUseCases(
    IDocumentStore store,
    CatalogReader catalog,
    ConcertListing listing,
    CatalogAdmin admin,
    SeatMapReader seatMaps,
    ScheduleSections sections,
    ScheduleReporter reporter,
    TimeProvider time) : ICatalogUseCases
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

    public Task<Result<SeatMap>> GetSeatMapAsync(string scheduleId, string? section, bool includeAll, CancellationToken cancellationToken) =>
        seatMaps.GetAsync(scheduleId, section, includeAll, cancellationToken);

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
