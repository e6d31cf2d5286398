using Concert.Booking.Ports;

namespace Concert.Testing.Fakes;

/// <summary>
/// The messages of the fake queue and of the simulated one: sessions handed over one message at a time and in order under a lock, duplicate detection by
/// message id, a delivery limit and a dead-letter list. When deliveries happen, and who handles them, is its users'.
/// </summary>
/// <param name="now">The queue's clock.</param>
/// <param name="maxDeliveries">How often a message is handed over before it is a dead letter.</param>
public sealed class SessionQueue(Func<DateTimeOffset> now, int maxDeliveries = SessionQueue.MaxDeliveries)
{
    public const int MaxDeliveries = 10;

    private const int MaxMessages = 1000;
    private const int MaxIdLength = 128;
    private static readonly TimeSpan DuplicateWindow = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, QueueSession> _sessions = new(StringComparer.Ordinal);
    private readonly List<QueueSession> _inOrder = [];
    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);
    private readonly List<DeadLetter> _deadLetters = [];
    private long _sequence;

    /// <summary>Duplicates are no longer detected, as when the window is over.</summary>
    public bool ForgetsDuplicates { get; set; }

    /// <summary>Called with each new dead letter.</summary>
    public Action<DeadLetter>? Died { get; set; }

    /// <summary>Every session there was, oldest first.</summary>
    public IReadOnlyList<QueueSession> Sessions
    {
        get
        {
            lock (_lock)
            {
                return [.. _inOrder];
            }
        }
    }

    /// <summary>Messages that have no outcome yet, in the order they were sent.</summary>
    public IReadOnlyList<CommandMessage> Waiting
    {
        get
        {
            lock (_lock)
            {
                return [.. _inOrder.SelectMany(s => s.Messages).OrderBy(m => m.Sequence).Select(m => m.Message)];
            }
        }
    }

    /// <summary>Messages that are no dead letters and have no outcome yet, and the age of the oldest.</summary>
    public QueueLoad Load
    {
        get
        {
            lock (_lock)
            {
                var waiting = _inOrder.SelectMany(s => s.Messages).ToList();
                return new QueueLoad(waiting.Count, waiting.Count == 0 ? null : now() - waiting.Min(m => m.SentAt));
            }
        }
    }

    /// <summary>Dead letters that have no outcome yet, oldest first.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters
    {
        get
        {
            lock (_lock)
            {
                return [.. _deadLetters];
            }
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _deadLetters.Count == 0 && _inOrder.TrueForAll(s => s.Messages.Count == 0);
            }
        }
    }

    /// <summary>Throws <see cref="ArgumentException"/> for a send that no queue would take.</summary>
    public static void Check(IReadOnlyList<CommandMessage> messages)
    {
        if (messages.Count is 0 or > MaxMessages)
        {
            throw new ArgumentException($"A send has 1 to {MaxMessages} messages, not {messages.Count}.", nameof(messages));
        }

        if (messages.Any(m => m.MessageId.Length is 0 or > MaxIdLength || m.SessionId.Length is 0 or > MaxIdLength))
        {
            throw new ArgumentException($"Message and session ids have 1 to {MaxIdLength} characters.", nameof(messages));
        }
    }

    /// <summary>Stores a message; its session, or null when a message of that id was stored within the duplicate window.</summary>
    public QueueSession? Store(CommandMessage message)
    {
        Check([message]);
        lock (_lock)
        {
            if (!ForgetsDuplicates && _seen.TryGetValue(message.MessageId, out var at) && now() - at < DuplicateWindow)
            {
                return null;
            }

            _seen[message.MessageId] = now();
            if (!_sessions.TryGetValue(message.SessionId, out var session))
            {
                _sessions[message.SessionId] = session = new QueueSession(message.SessionId);
                _inOrder.Add(session);
            }

            session.Messages.Add(new QueuedMessage(message with { Body = message.Body.ToArray() }, ++_sequence, now()));
            return session;
        }
    }

    /// <summary>Hands over the first message of a session and locks it; null when it is locked, empty, or to be left alone for a while.</summary>
    public QueueDelivery? Take(QueueSession session, bool early = false)
    {
        lock (_lock)
        {
            if (session.Locked is not null || session.Messages.Count == 0 || (!early && session.NotBefore > now()))
            {
                return null;
            }

            var first = session.Messages[0];
            first.Deliveries++;
            return session.Locked = new QueueDelivery(session, first, first.Deliveries);
        }
    }

    /// <summary>Gives a delivery back with its outcome. False when its lock is lost: it changes nothing then.</summary>
    public bool Settle(QueueDelivery delivery, ProcessResult result)
    {
        lock (_lock)
        {
            if (delivery.Session.Locked != delivery)
            {
                return false;
            }

            delivery.Session.Locked = null;
            switch (result)
            {
                case ProcessResult.Done:
                    delivery.Session.Messages.Remove(delivery.Queued);
                    break;
                case ProcessResult.Poison poison:
                    Bury(delivery.Session, delivery.Queued, poison.Reason);
                    break;
                case ProcessResult.Retry retry:
                    delivery.Session.NotBefore = now() + retry.After;
                    BuryIfUsedUp(delivery);
                    break;
            }

            return true;
        }
    }

    /// <summary>The lock ends with its handler still running, or gone. False when it had ended already.</summary>
    public bool Lapse(QueueDelivery delivery)
    {
        lock (_lock)
        {
            if (delivery.Session.Locked != delivery)
            {
                return false;
            }

            delivery.Session.Locked = null;
            BuryIfUsedUp(delivery);
            return true;
        }
    }

    /// <summary>Makes a waiting message a dead letter, as when it has become too old.</summary>
    public void GiveUp(CommandMessage message, string reason)
    {
        lock (_lock)
        {
            var session = _sessions[message.SessionId];
            if (session.Messages.Find(m => m.Message.MessageId == message.MessageId) is { } queued)
            {
                session.Locked = session.Locked?.Queued == queued ? null : session.Locked;
                Bury(session, queued, reason);
            }
        }
    }

    /// <summary>Loses a message without any outcome; no queue does that.</summary>
    public void Lose(QueueDelivery delivery)
    {
        lock (_lock)
        {
            delivery.Session.Messages.Remove(delivery.Queued);
        }
    }

    /// <summary>A dead letter has its outcome.</summary>
    public void Remove(DeadLetter letter)
    {
        lock (_lock)
        {
            _deadLetters.Remove(letter);
        }
    }

    private void BuryIfUsedUp(QueueDelivery delivery)
    {
        if (delivery.Count >= maxDeliveries && delivery.Session.Messages.Contains(delivery.Queued))
        {
            Bury(delivery.Session, delivery.Queued, "MaxDeliveryCountExceeded");
        }
    }

    private void Bury(QueueSession session, QueuedMessage queued, string reason)
    {
        session.Messages.Remove(queued);
        session.NotBefore = DateTimeOffset.MinValue;
        var letter = new DeadLetter(queued.Message, reason);
        _deadLetters.Add(letter);
        Died?.Invoke(letter);
    }
}
