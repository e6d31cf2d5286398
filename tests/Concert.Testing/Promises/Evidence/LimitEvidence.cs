namespace Concert.Testing.Promises;

/// <summary>What a user has in one schedule, and what the service counts of it for the limit.</summary>
public sealed record LimitEvidence(string UserId, int MaxPerUser)
{
    /// <summary>Reservation to places: what new reservations are judged by. It may name what has ended and was not looked at since.</summary>
    public IReadOnlyDictionary<string, int> Counted { get; init; } = new Dictionary<string, int>();

    /// <summary>Reservation to places: what is held, being paid or sold.</summary>
    public IReadOnlyDictionary<string, int> Live { get; init; } = new Dictionary<string, int>();
}
