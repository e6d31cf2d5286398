namespace Concert.Rush.Observation;

/// <summary>What was seen of a sale that buyers waited for before it opened.</summary>
/// <param name="OpensAt">When booking opens, by this side's clock; known to about a second.</param>
public sealed record FairStartFact(DateTimeOffset OpensAt)
{
    /// <summary>The token of each who came before the opening, in the order in which they joined, one after the other.</summary>
    public IReadOnlyList<string> Early { get; init; } = [];

    /// <summary>The token of each who joined when the places had been drawn.</summary>
    public IReadOnlyList<string> Late { get; init; } = [];

    /// <summary>
    /// The line at one moment after the opening, before anybody came late: the place of each token, 0 when it was active already, -1 when it was neither active nor
    /// waiting. Null when it never stood still for long enough to see.
    /// </summary>
    public IReadOnlyDictionary<string, long>? Drawn { get; init; }

    /// <summary>The same when those who came late had joined.</summary>
    public IReadOnlyDictionary<string, long>? Joined { get; init; }

    /// <summary>All that the waiting room told anybody, by token.</summary>
    public IReadOnlyDictionary<string, TokenFact> Tokens { get; init; } = new Dictionary<string, TokenFact>();

    /// <summary>WaitingRoom:MaxActive of the service.</summary>
    public int MaxActive { get; init; }
}
