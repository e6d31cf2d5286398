using Concert.Booking.Ports;

namespace Concert.Booking.Calls;

/// <summary>
/// Who asks, and how. The heads have established the user (a genuine token, or the platform).
/// </summary>
/// <param name="UserId">The user.</param>
/// <param name="IdempotencyKey">The call's Idempotency-Key, 1 to 255 characters; null when there is none.</param>
/// <param name="Token">The queue token the call carried, if any: it ends when its user has paid.</param>
/// <param name="TraceParent">W3C traceparent to carry with the command.</param>
public sealed record Caller(string UserId, string? IdempotencyKey = null, TokenClaims? Token = null, string? TraceParent = null);
