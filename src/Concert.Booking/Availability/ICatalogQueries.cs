using Concert.Booking.Calls;
using Concert.Booking.Catalog;

namespace Concert.Booking.Availability;

/// <summary>Lists what is on sale. An interface because the API's tests speak for the domain.</summary>
public interface ICatalogQueries
{
    /// <summary>
    /// Concerts with a schedule whose booking has not ended and that is not called off, in order of opening: what has been open longest first, then what opens next; then by name and id.
    /// A schedule made elsewhere is in it after <see cref="ConcertListing.KeptFor"/> at the latest; what ends is out of it at once.
    /// </summary>
    Task<Result<IReadOnlyList<ConcertView>>> ListConcertsAsync(CancellationToken cancellationToken);

    /// <summary>Whether no concert was ever created. Looks at the whole catalogue when there is none.</summary>
    Task<bool> IsEmptyAsync(CancellationToken cancellationToken);

    Task<Result<IReadOnlyList<ScheduleView>>> ListSchedulesAsync(string concertId, CancellationToken cancellationToken);
}

/// <summary>Seat maps, rendered. An interface because the API's tests speak for the domain.</summary>
public interface ISeatMaps
{
    /// <summary>
    /// A rendered <see cref="SeatMapView"/>, of one section or inventory where <paramref name="section"/> names it; refusal not-yours (404) for an unknown
    /// schedule or section.
    /// </summary>
    Task<Result<SeatMap>> GetAsync(string scheduleId, string? section, bool includeAll, CancellationToken cancellationToken);

    /// <summary>
    /// A rendered <see cref="SeatMapView"/> without seats and with its <see cref="MapOverview"/>, the same object while nothing of it has changed; refusal
    /// not-yours (404) for an unknown schedule.
    /// </summary>
    Task<Result<SeatMap>> OverviewAsync(string scheduleId, CancellationToken cancellationToken);

    /// <summary>The same object while nothing but places has changed; refusal not-yours (404) for an unknown schedule.</summary>
    Task<Result<MapOutline>> OutlineAsync(string scheduleId, CancellationToken cancellationToken);
}

/// <summary>Reports for staff. An interface because the API's tests speak for the domain.</summary>
public interface IScheduleReports
{
    /// <summary>Refusal not-yours (404) for an unknown schedule.</summary>
    Task<Result<ScheduleReport>> ReportAsync(string scheduleId, CancellationToken cancellationToken);
}
