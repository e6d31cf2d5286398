using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;

namespace Concert.Simulation.Planted;

/// <summary>Does not look for which line a token is.</summary>
internal sealed class AnyLineAdmits(IQueueUseCases inner) : IQueueUseCases
{
    public Task<Refusal?> RequireActiveAsync(TokenClaims claims, string? concertId, CancellationToken cancellationToken) =>
        inner.RequireActiveAsync(claims, null, cancellationToken);

    public Task<Result<QueueAnswer>> JoinAsync(string userId, string? concertId, string? idempotencyKey, CancellationToken cancellationToken) =>
        inner.JoinAsync(userId, concertId, idempotencyKey, cancellationToken);

    public Task<Result<QueueAnswer>> CheckAsync(TokenClaims claims, string token, CancellationToken cancellationToken) =>
        inner.CheckAsync(claims, token, cancellationToken);

    public Task<Refusal?> LeaveAsync(TokenClaims claims, string? idempotencyKey, CancellationToken cancellationToken) =>
        inner.LeaveAsync(claims, idempotencyKey, cancellationToken);
}
