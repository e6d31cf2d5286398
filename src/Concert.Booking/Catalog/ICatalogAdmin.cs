using Concert.Booking.Calls;

namespace Concert.Booking.Catalog;

/// <summary>What staff create. An interface because the API's tests speak for the domain.</summary>
public interface ICatalogAdmin
{
    /// <summary>Refusals invalid-request, idempotency-mismatch.</summary>
    Task<Result<CreatedConcert>> CreateConcertAsync(NewConcert request, string? idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Refusals invalid-request, idempotency-mismatch, and not-yours (404) for an unknown concert.</summary>
    Task<Result<CreatedSchedule>> CreateScheduleAsync(NewSchedule request, string? idempotencyKey, CancellationToken cancellationToken);
}
