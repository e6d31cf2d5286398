namespace Concert.Booking.WaitingRoom;

/// <summary>A queue token and where it stands: WAITING (with position), ACTIVE (with end) or ENDED.</summary>
public sealed record QueueTokenView(string Token, string Status, long? Position, long? EstimatedWaitSeconds, DateTimeOffset? ExpiresAt);

/// <summary>The same with when to ask next; null when there is nothing to wait for.</summary>
public sealed record QueueAnswer(QueueTokenView View, TimeSpan? AskAgainAfter);
