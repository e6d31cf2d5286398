using System.Collections.Concurrent;

namespace Concert.Rush.Observation;

/// <summary>What one answer of the waiting room said of a token. Times are this side's, so that they can be compared.</summary>
/// <param name="Asked">When the question was sent.</param>
/// <param name="Answered">When the answer was there: between the two it was true.</param>
/// <param name="Status">EARLY, WAITING, ACTIVE or ENDED.</param>
/// <param name="Position">Of a waiting token.</param>
/// <param name="ActiveUntil">Of an active token.</param>
public sealed record LineSighting(DateTimeOffset Asked, DateTimeOffset Answered, string Status, long? Position, DateTimeOffset? ActiveUntil = null);

/// <summary>One token and what its buyer was told of it, in the order of asking: each token is asked for by one call at a time.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="Sightings">Of answers that say the same, the first and the last.</param>
/// <param name="Ending">When its buyer began to give it up, by leaving or paying; null while it was kept.</param>
public sealed record TokenFact(string UserId, IReadOnlyList<LineSighting> Sightings, DateTimeOffset? Ending = null);

/// <summary>Everything the waiting room told buyers. It grows with the moves of the line, not with the polls.</summary>
public sealed class LineLog
{
    private readonly ConcurrentDictionary<string, Entry> _tokens = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, TokenFact> Tokens => _tokens.ToDictionary(t => t.Key, t => t.Value.ToFact(), StringComparer.Ordinal);

    public void Saw(string userId, string token, LineSighting sighting) => _tokens.GetOrAdd(token, _ => new Entry(userId)).Add(sighting);

    public void Ends(string token, DateTimeOffset at)
    {
        if (_tokens.TryGetValue(token, out var entry))
        {
            entry.End(at);
        }
    }

    private sealed class Entry(string userId)
    {
        private readonly Lock _lock = new();
        private readonly List<LineSighting> _sightings = [];
        private DateTimeOffset? _ending;

        public void Add(LineSighting sighting)
        {
            lock (_lock)
            {
                if (_sightings.Count > 1 && IsSame(_sightings[^1], sighting) && IsSame(_sightings[^2], sighting))
                {
                    _sightings[^1] = sighting;
                    return;
                }

                _sightings.Add(sighting);
            }
        }

        public void End(DateTimeOffset at)
        {
            lock (_lock)
            {
                _ending ??= at;
            }
        }

        public TokenFact ToFact()
        {
            lock (_lock)
            {
                return new TokenFact(userId, [.. _sightings], _ending);
            }
        }

        private static bool IsSame(LineSighting a, LineSighting b) => a.Status == b.Status && a.Position == b.Position;
    }
}
