namespace Concert.Booking.WaitingRoom;

/// <summary>
/// A queue token and where it stands: EARLY (with the opening at which the places are drawn), WAITING (with position), ACTIVE (with end) or ENDED.
/// </summary>
public sealed record QueueTokenView(
    string Token, string Status, long? Position, long? EstimatedWaitSeconds, DateTimeOffset? ExpiresAt, DateTimeOffset? OpensAt = null);

/// <summary>The same with when to ask next; null when there is nothing to wait for.</summary>
public sealed record QueueAnswer(QueueTokenView View, TimeSpan? AskAgainAfter)
{
    /// <summary>False when it is a token that its user had already.</summary>
    public bool IsNew { get; init; } = true;

    /// <summary>The token is of no more use in line.</summary>
    public bool HasEnded { get; init; }
}
