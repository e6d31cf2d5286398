namespace Concert.Testing.Promises;

/// <summary>What a user has in one schedule, and what the service counts of it for the limit.</summary>
public sealed record LimitEvidence(string UserId, int MaxPerUser)
{
    /// <summary>The count that new reservations are judged by.</summary>
    public int Count { get; init; }

    /// <summary>Reservation to places: what the count is made of.</summary>
    public IReadOnlyDictionary<string, int> Counted { get; init; } = new Dictionary<string, int>();

    /// <summary>Reservation to places: what is held, being paid or sold.</summary>
    public IReadOnlyDictionary<string, int> Live { get; init; } = new Dictionary<string, int>();
}
