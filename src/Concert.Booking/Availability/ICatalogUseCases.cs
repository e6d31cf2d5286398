using Concert.Booking.Calls;
using Concert.Booking.Catalog;

namespace Concert.Booking.Availability;

/// <summary>Concerts, schedules and availability.</summary>
public interface ICatalogUseCases
{
    /// <summary>
    /// Concerts with a schedule whose booking has not ended, in order of opening: what has been open longest first, then what opens next; then by name and id.
    /// A schedule made elsewhere is in it after <see cref="ConcertListing.KeptFor"/> at the latest; what ends is out of it at once.
    /// </summary>
    Task<Result<IReadOnlyList<ConcertView>>> ListConcertsAsync(CancellationToken cancellationToken);

    /// <summary>Whether no concert was ever created. Looks at the whole catalogue when there is none.</summary>
    Task<bool> IsEmptyAsync(CancellationToken cancellationToken);

    Task<Result<IReadOnlyList<ScheduleView>>> ListSchedulesAsync(string concertId, CancellationToken cancellationToken);

    /// <summary>
    /// A rendered <see cref="SeatMapView"/>, of one section or inventory where <paramref name="section"/> names it; refusal not-yours (404) for an unknown
    /// schedule or section.
    /// </summary>
    Task<Result<SeatMap>> GetSeatMapAsync(string scheduleId, string? section, bool includeAll, CancellationToken cancellationToken);

    Task<Result<CreatedConcert>> CreateConcertAsync(NewConcert request, string? idempotencyKey, CancellationToken cancellationToken);

    Task<Result<CreatedSchedule>> CreateScheduleAsync(NewSchedule request, string? idempotencyKey, CancellationToken cancellationToken);

    /// <summary>
    /// Changes a schedule: times, booking window, limit, pause, prices, more places. What is held or sold keeps its price. Every instance knows of it after
    /// <see cref="CatalogReader.KeptFor"/> at the latest. Refusals: invalid-request, and not-yours (404) for an unknown schedule.
    /// </summary>
    Task<Result<ScheduleDetails>> ChangeScheduleAsync(
        string scheduleId, ScheduleChange request, string? idempotencyKey, CancellationToken cancellationToken);

    Task<Result<ScheduleReport>> ReportAsync(string scheduleId, CancellationToken cancellationToken);

    /// <summary>The concert's id that a seat, inventory, schedule, reservation or payment id carries; null when it is none of these.</summary>
    string? ConcertOf(string id);
}
