using Concert.Booking.Ports;

namespace Concert.Embedded.Messaging;

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

    /// <summary>Why it is on the dead-letter list; null while it is not.</summary>
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
