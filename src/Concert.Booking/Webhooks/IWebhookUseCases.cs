using Concert.Booking.Calls;
using Concert.Booking.Paging;

namespace Concert.Booking.Webhooks;

/// <summary>The staff's calls about receivers of events.</summary>
public interface IWebhookUseCases
{
    /// <summary>Registers a receiver. Refusals: invalid-request for an address that may not be called, limit-reached, idempotency-mismatch.</summary>
    Task<Result<WebhookView>> RegisterAsync(NewWebhook request, string? idempotencyKey, CancellationToken cancellationToken);

    /// <summary>All receivers, the oldest first, without their secrets.</summary>
    Task<IReadOnlyList<WebhookView>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Nothing more is sent to it, and what waited for it is thrown away. Null when that is done. Refusal: not-yours.</summary>
    Task<Refusal?> RemoveAsync(string id, string? idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Events that were given up, the oldest reservation first. Refusals: not-yours, invalid-request.</summary>
    Task<Result<Paged<FailedDelivery>>> FailuresAsync(string id, string? continuation, int limit, CancellationToken cancellationToken);

    /// <summary>Puts events that were given up back into the queue, for a whole round of attempts. Refusals: not-yours, idempotency-mismatch.</summary>
    Task<Result<ResendResult>> ResendAsync(string id, ResendRequest request, string? idempotencyKey, CancellationToken cancellationToken);
}
