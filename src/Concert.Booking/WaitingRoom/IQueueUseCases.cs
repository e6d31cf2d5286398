using Concert.Booking.Calls;
using Concert.Booking.Ports;

namespace Concert.Booking.WaitingRoom;

/// <summary>The waiting room's calls.</summary>
public interface IQueueUseCases
{
    /// <summary>Refuses with not-admitted (and Retry-After) or token-expired unless the token is ACTIVE and of the line of this concert.</summary>
    Task<Refusal?> RequireActiveAsync(TokenClaims claims, string? concertId, CancellationToken cancellationToken);

    /// <summary>
    /// Joins the line of the concert, or the service's one line. Refusals: invalid-request without a concert where each has its line, not-yours for an
    /// unknown one, already-queued; a user whom the platform knows gets the token back instead.
    /// </summary>
    Task<Result<QueueAnswer>> JoinAsync(string userId, string? concertId, string? idempotencyKey, CancellationToken cancellationToken);

    Task<Result<QueueAnswer>> CheckAsync(TokenClaims claims, string token, CancellationToken cancellationToken);

    Task<Refusal?> LeaveAsync(TokenClaims claims, string? idempotencyKey, CancellationToken cancellationToken);
}
