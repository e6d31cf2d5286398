using Concert.Booking.Ports;

namespace Concert.Testing.Fakes;

/// <summary>A session of a <see cref="SessionQueue"/>, which alone changes it.</summary>
public sealed class QueueSession(string id)
{
    public string Id => id;

    /// <summary>The delivery that has the lock.</summary>
    public QueueDelivery? Locked { get; internal set; }

    /// <summary>Its first message is not handed over before.</summary>
    public DateTimeOffset NotBefore { get; internal set; }

    public bool IsEmpty => Messages.Count == 0;

    /// <summary>When its first message was sent, as a number that grows.</summary>
    public long First => Messages.Count == 0 ? long.MaxValue : Messages[0].Sequence;

    internal List<QueuedMessage> Messages { get; } = [];
}

/// <summary>A message under its session's lock.</summary>
public sealed class QueueDelivery
{
    internal QueueDelivery(QueueSession session, QueuedMessage queued, int count) => (Session, Queued, Count) = (session, queued, count);

    public QueueSession Session { get; }

    public CommandMessage Message => Queued.Message;

    /// <summary>1 on the first delivery.</summary>
    public int Count { get; }

    /// <summary>Who handles it.</summary>
    public object? Owner { get; set; }

    internal QueuedMessage Queued { get; }
}

/// <summary>A message that was given up.</summary>
public sealed class DeadLetter(CommandMessage message, string reason)
{
    public CommandMessage Message => message;

    public string Reason => reason;

    /// <summary>Who handles it now; null when nobody does.</summary>
    public object? Owner { get; set; }

    /// <summary>It is not handed over before.</summary>
    public DateTimeOffset NotBefore { get; set; }
}

internal sealed class QueuedMessage(CommandMessage message, long sequence, DateTimeOffset sentAt)
{
    public CommandMessage Message => message;

    public long Sequence => sequence;

    public DateTimeOffset SentAt => sentAt;

    public int Deliveries { get; set; }
}
