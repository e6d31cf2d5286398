using System.Diagnostics.CodeAnalysis;
using Concert.Booking.Ports;

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

    /// <summary>When the next resting or locked session may have its turn; null when there is none.</summary>
    public long? NextTurnAt => TryPeekResting(out _, out var at) ? at : null;

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
        while (TryPeekResting(out var session, out var at) && at <= now)
        {
            _resting.Dequeue();
            Unlock(session);
            _ready.Enqueue(session);
        }

        return _ready.TryDequeue(out var ready) ? ready : null;
    }

    /// <summary>Hands the head over until <paramref name="lockedUntil"/>.</summary>
    public QueueDelivery Lock(QueueSession session, long lockedUntil)
    {
        session.Head!.DeliveryCount++;
        session.IsLocked = true;
        InFlight++;
        session.Turn++;
        _resting.Enqueue((session, session.Turn), lockedUntil);
        return new QueueDelivery(session, session.Head, session.Turn);
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

    /// <summary>The first one to end its rest or lock. Forgets those before it that have moved on since.</summary>
    private bool TryPeekResting([NotNullWhen(true)] out QueueSession? session, out long at)
    {
        while (_resting.TryPeek(out var resting, out at))
        {
            session = resting.Session;
            if (session.Turn == resting.Turn && session.Head is not null)
            {
                return true;
            }

            _resting.Dequeue();
        }

        session = null;
        return false;
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

/// <summary>A message in the queue. Changed only under the queue's lock.</summary>
internal sealed class QueuedMessage(long number, CommandMessage message, long sentAt)
{
    /// <summary>Its place in the order of sends.</summary>
    public long Number { get; } = number;

    public CommandMessage Message { get; } = message;

    /// <summary>Unix milliseconds.</summary>
    public long SentAt { get; } = sentAt;

    public int DeliveryCount { get; set; }

    /// <summary>It was there when the store was opened: a handler may have crashed the process, so its deliveries are written down.</summary>
    public bool IsFromBefore { get; init; }

    /// <summary>Not delivered before this; Unix milliseconds.</summary>
    public long NotBefore { get; set; }

    /// <summary>The reason it was dead-lettered; null otherwise.</summary>
    public string? DeadReason { get; set; }

    /// <summary>The next one of its session.</summary>
    public QueuedMessage? Next { get; set; }

    /// <summary>Its place among all that are neither completed nor dead, oldest first.</summary>
    public LinkedListNode<QueuedMessage>? Node { get; set; }
}

/// <summary>One session with messages. Its head is the only one that can be delivered.</summary>
internal sealed class QueueSession(string id)
{
    private QueuedMessage? _tail;

    public string Id { get; } = id;

    public QueuedMessage? Head { get; private set; }

    /// <summary>Changes whenever the head is delivered, given back or removed: what was noted under an older number no longer counts.</summary>
    public int Turn { get; set; }

    public bool IsLocked { get; set; }

    public void Add(QueuedMessage message)
    {
        if (_tail is null)
        {
            Head = message;
        }
        else
        {
            _tail.Next = message;
        }

        _tail = message;
    }

    public void RemoveHead()
    {
        Head = Head!.Next;
        _tail = Head is null ? null : _tail;
    }
}

/// <summary>One delivery: the right to complete, abandon or dead-letter the message until the lock ends.</summary>
public sealed class QueueDelivery
{
    internal QueueDelivery(QueueSession session, QueuedMessage queued, int turn) =>
        (Session, Queued, Turn, DeliveryCount) = (session, queued, turn, queued.DeliveryCount);

    /// <summary>As it was sent.</summary>
    public CommandMessage Message => Queued.Message;

    /// <summary>1 on the first delivery.</summary>
    public int DeliveryCount { get; }

    internal QueueSession Session { get; }

    internal QueuedMessage Queued { get; }

    internal int Turn { get; }
}

/// <summary>A message on the dead-letter list.</summary>
/// <param name="Message">As it was sent.</param>
/// <param name="Reason">Why it is dead: the processor's reason, or <see cref="TooManyDeliveries"/>.</param>
public sealed record DeadLetter(CommandMessage Message, string Reason)
{
    /// <summary>The reason of a message that was delivered too often.</summary>
    public const string TooManyDeliveries = "MaxDeliveryCountExceeded";

    internal long Number { get; init; }
}

/// <summary>The queue's gauges.</summary>
/// <param name="Depth">Messages neither completed nor dead-lettered, those in flight included.</param>
/// <param name="InFlight">Messages with a handler now.</param>
/// <param name="DeadLetters">Dead-lettered messages whose outcome has not been written yet.</param>
/// <param name="OldestAge">Age of the oldest message of <paramref name="Depth"/>; zero when there is none.</param>
public sealed record QueueStatus(int Depth, int InFlight, int DeadLetters, TimeSpan OldestAge);
