namespace Concert.Embedded.Messaging;

/// <summary>
/// All messages that are not done, in memory: sessions, the order of their turns, and the dead-letter list. Not thread-safe: the queue's lock is its own.
/// </summary>
internal sealed class Sessions
{
    private readonly Dictionary<string, QueueSession> _sessions = new(StringComparer.Ordinal);
    private readonly LinkedList<QueuedMessage> _active = new();
    private readonly SortedDictionary<long, QueuedMessage> _dead = [];
    private readonly Queue<QueueSession> _ready = new();
    private readonly PriorityQueue<(QueueSession Session, int Turn), long> _resting = new();

    public int Depth => _active.Count;

    public int InFlight { get; private set; }

    public int DeadCount => _dead.Count;

    public long? OldestSentAt => _active.First?.Value.SentAt;

    /// <summary>When the next resting session may have its turn; null when none rests.</summary>
    public long? NextTurnAt => _resting.TryPeek(out _, out var at) ? at : null;

    public void Add(QueuedMessage message)
    {
        if (message.DeadReason is not null)
        {
            _dead.Add(message.Number, message);
            return;
        }

        message.Node = _active.AddLast(message);
        Enqueue(message);
    }

    /// <summary>The head of the next session whose turn it is; null when none may be delivered now.</summary>
    public QueueSession? NextSession(long now)
    {
        while (_resting.TryPeek(out var resting, out var at) && at <= now)
        {
            _resting.Dequeue();
            if (resting.Session.Turn == resting.Turn && resting.Session.Head is not null)
            {
                Unlock(resting.Session);
                _ready.Enqueue(resting.Session);
            }
        }

        return _ready.TryDequeue(out var session) ? session : null;
    }

    /// <summary>Hands the head over until <paramref name="lockedUntil"/>; answers the number of the turn.</summary>
    public int Lock(QueueSession session, long lockedUntil)
    {
        session.Head!.DeliveryCount++;
        session.IsLocked = true;
        InFlight++;
        session.Turn++;
        _resting.Enqueue((session, session.Turn), lockedUntil);
        return session.Turn;
    }

    public static bool IsCurrent(QueueDelivery delivery) =>
        delivery.Session.IsLocked && delivery.Session.Turn == delivery.Turn && delivery.Session.Head == delivery.Queued;

    /// <summary>Lets the head rest; its session waits for it.</summary>
    public void Rest(QueueSession session, long notBefore)
    {
        session.Head!.NotBefore = notBefore;
        Unlock(session);
        session.Turn++;
        _resting.Enqueue((session, session.Turn), notBefore);
    }

    /// <summary>Takes the head out; the next one of its session may follow at once.</summary>
    public void RemoveHead(QueueSession session)
    {
        var message = session.Head!;
        Unlock(session);
        session.Turn++;
        session.RemoveHead();
        Deactivate(message);
        if (session.Head is null)
        {
            _sessions.Remove(session.Id);
        }
        else
        {
            Schedule(session);
        }
    }

    public void AddDead(QueuedMessage message, string reason)
    {
        message.DeadReason = reason;
        _dead.Add(message.Number, message);
    }

    public bool RemoveDead(long number) => _dead.Remove(number);

    public IEnumerable<QueuedMessage> Dead => _dead.Values;

    private void Enqueue(QueuedMessage message)
    {
        if (!_sessions.TryGetValue(message.Message.SessionId, out var session))
        {
            session = new QueueSession(message.Message.SessionId);
            _sessions.Add(session.Id, session);
        }

        session.Add(message);
        if (session.Head == message)
        {
            Schedule(session);
        }
    }

    private void Schedule(QueueSession session)
    {
        if (session.Head!.NotBefore > 0)
        {
            _resting.Enqueue((session, session.Turn), session.Head.NotBefore);
        }
        else
        {
            _ready.Enqueue(session);
        }
    }

    private void Unlock(QueueSession session)
    {
        InFlight -= session.IsLocked ? 1 : 0;
        session.IsLocked = false;
    }

    private void Deactivate(QueuedMessage message)
    {
        _active.Remove(message.Node!);
        message.Node = null;
    }
}
