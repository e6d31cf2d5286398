using Concert.Booking.Calls;
using Concert.Booking.Paging;

namespace Concert.Booking.Operations;

/// <summary>Shows staff the commands that were dead-lettered, and what can still be done about them. An interface because the API's tests speak for the domain.</summary>
public interface IDeadLetterDesk
{
    /// <summary>
    /// A page: those without an end first, on the first page, as far as the broker can be asked; then the newest first. Refusals: not-yours (404) for an
    /// unknown schedule, invalid-request for a continuation that is none.
    /// </summary>
    Task<Result<Paged<DeadLetterView>>> ListAsync(string scheduleId, string? continuation, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Sends a command again that left no answer behind, while its reservation stands where it applies; of two calls at once it is sent once. Refusals: not-yours
    /// (404), not-valid for what was answered or has nothing left to do, idempotency-mismatch, unavailable.
    /// </summary>
    Task<Result<DeadLetterView>> SendAgainAsync(string scheduleId, string id, string? idempotencyKey, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a command that has no end yet its end now. Refusals: not-yours (404), not-valid for what has one, idempotency-mismatch; unavailable when it
    /// still cannot be written.
    /// </summary>
    Task<Result<DeadLetterView>> RefuseAsync(string scheduleId, string id, string? idempotencyKey, CancellationToken cancellationToken);
}
