using System.Collections.Concurrent;

namespace Concert.Rush.Observation;

/// <summary>Everything the buyers saw, gathered from all of them at once. One small record per request: it grows with the drill's size, not with its time.</summary>
public sealed class Observations
{
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _unanswered = new();

    public ConcurrentQueue<Ask> Asks { get; } = new();

    public ConcurrentQueue<PaymentAttempt> Payments { get; } = new();

    public ConcurrentQueue<CancelAttempt> Cancels { get; } = new();

    public ConcurrentQueue<Charge> Charges { get; } = new();

    public ConcurrentQueue<TimeSpan> RoomWaits { get; } = new();

    /// <summary>What the waiting room told; null in a drill that does not judge it.</summary>
    public LineLog? Line { get; set; }

    /// <summary>Steps that never got an answer: user and step. Nothing is known of their effect.</summary>
    public IReadOnlyCollection<string> Unanswered => _unanswered;

    /// <summary>A genuine token of each user, with which what is theirs can be read.</summary>
    public IReadOnlyDictionary<string, string> Tokens => _tokens;

    public void Knows(string userId, string token) => _tokens[userId] = token;

    public void NeverAnswered(string userId, string step) => _unanswered.Enqueue($"{userId} {step}");
}
