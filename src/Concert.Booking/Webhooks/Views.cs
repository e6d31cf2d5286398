using Concert.Booking.Reservations;

namespace Concert.Booking.Webhooks;

/// <summary>A receiver to register. Without <paramref name="Events"/> it gets all of them.</summary>
public sealed record NewWebhook(string? Url, IReadOnlyList<string>? Events);

/// <summary>A receiver. The secret is shown once, to who registers it.</summary>
public sealed record WebhookView(string Id, string Url, IReadOnlyList<string> Events, DateTimeOffset CreatedAt, string? Secret = null);

/// <summary>An event that was given up.</summary>
/// <param name="Id">The event's id, as the receiver sees it in <c>webhook-id</c>.</param>
/// <param name="Event">Its name.</param>
/// <param name="About">The reservation or schedule it is about.</param>
/// <param name="At">When it happened.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="Fault">Why the last attempt failed.</param>
public sealed record FailedDelivery(string Id, string Event, string About, DateTimeOffset At, int Attempts, string? Fault);

/// <summary>Which events to send again; all that failed when none is named.</summary>
public sealed record ResendRequest(IReadOnlyList<string>? Ids);

public sealed record ResendResult(int Resent);

/// <summary>The body that a receiver gets, as the Standard Webhooks specification lays it out.</summary>
public sealed record WebhookEvent(string Type, DateTimeOffset Timestamp, WebhookData Data);

/// <summary>The subject of an event: the reservation after the change, and its user.</summary>
public sealed record WebhookData(string? UserId, ReservationView? Reservation, string? ConcertScheduleId = null, string? Reason = null);
