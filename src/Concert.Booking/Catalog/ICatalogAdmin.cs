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
