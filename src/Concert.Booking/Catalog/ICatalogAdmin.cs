using Concert.Booking.Calls;

namespace Concert.Booking.Catalog;

/// <summary>Creates concerts and schedules. An interface, so that the API's tests can stand in for the domain.</summary>
public interface ICatalogAdmin
{
    /// <summary>Refusals invalid-request, idempotency-mismatch.</summary>
    Task<Result<CreatedConcert>> CreateConcertAsync(NewConcert request, string? idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Refusals invalid-request, idempotency-mismatch, and not-yours (404) for an unknown concert.</summary>
    Task<Result<CreatedSchedule>> CreateScheduleAsync(NewSchedule request, string? idempotencyKey, CancellationToken cancellationToken);
}

/// <summary>Changes a schedule that is on sale. An interface because the API's tests speak for the domain.</summary>
public interface IScheduleEditor
{
    /// <summary>
    /// Changes times, booking window, limit, pause, prices; adds places. What is held or sold keeps its price. Every instance knows of it after
    /// <see cref="CatalogReader.KeptFor"/> at the latest. Refusals: invalid-request, idempotency-mismatch, not-yours (404) for an unknown
    /// schedule, and booking-closed for one that was called off.
    /// </summary>
    Task<Result<ScheduleDetails>> ChangeAsync(string scheduleId, ScheduleChange request, string? idempotencyKey, CancellationToken cancellationToken);
}
