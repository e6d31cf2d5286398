namespace Concert.Booking.Timers;

/// <summary>
/// How often a timer asks again for what is overdue: the n-th time after (2^n − 1) intervals, so that commands which nobody handles grow rarer with their
/// age instead of filling the queue. The number of a round is a function of the age alone and part of the message id: instances and restarts send the same
/// message, which the queue stores once. What this process has sent it does not send again when the queue's memory for duplicates is over.
/// </summary>
internal sealed class TimerRounds
{
    /// <summary>Above it, what was not asked for lately is forgotten.</summary>
    private const int MaxKept = 20_000;

    private readonly Dictionary<string, (int Round, DateTimeOffset At)> _sent = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>The round that something overdue is in, from 0.</summary>
    /// <param name="age">How long it has been due.</param>
    /// <param name="interval">The first interval; each is twice the one before.</param>
    public static int Of(TimeSpan age, TimeSpan interval) => age <= TimeSpan.Zero ? 0 : (int)Math.Log2(1 + (age / interval));

    /// <summary>Whether this process has not sent this round of the subject yet.</summary>
    public bool IsNew(string subject, int round)
    {
        lock (_lock)
        {
            return !_sent.TryGetValue(subject, out var last) || round > last.Round;
        }
    }

    /// <summary>Remembers what the queue has taken.</summary>
    public void Remember(IEnumerable<(string Subject, int Round)> sent, DateTimeOffset now)
    {
        lock (_lock)
        {
            foreach (var (subject, round) in sent)
            {
                _sent[subject] = (round, now);
            }

            if (_sent.Count > MaxKept)
            {
                foreach (var old in _sent.OrderBy(s => s.Value.At).Take(_sent.Count - (MaxKept / 2)).Select(s => s.Key).ToList())
                {
                    _sent.Remove(old);
                }
            }
        }
    }
}
