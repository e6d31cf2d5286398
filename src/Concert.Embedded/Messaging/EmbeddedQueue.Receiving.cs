namespace Concert.Embedded.Messaging;

/// <content>The receiver's side: peek-lock, and the dead-letter list.</content>
public sealed partial class EmbeddedQueue
{
    /// <summary>An hour in milliseconds: timers take no more than some weeks.</summary>
    private const long LongestWait = 3_600_000;

    /// <summary>
    /// The next message of a session that no other delivery holds, or null. It is the receiver's until it gives it back, or until the lock ends.
    /// Messages delivered too often are dead-lettered on the way. Null, too, while the disk is at fault or behind: nothing could be decided durably.
    /// </summary>
    public QueueDelivery? TryReceive()
    {
        lock (_gate)
        {
            var now = Now;
            while (!IsHeldUp && _sessions.NextSession(now) is { } session)
            {
                var message = session.Head!;
                if (message.DeliveryCount >= _options.MaxDelivery)
                {
                    MoveHeadToDead(session, DeadLetter.TooManyDeliveries);
                    continue;
                }

                var turn = _sessions.Lock(session, now + (long)_options.LockDuration.TotalMilliseconds);
                if (message.IsFromBefore)
                {
                    WriteReturned(message, message.NotBefore);
                }

                return new QueueDelivery(session, message, turn);
            }

            return null;
        }
    }

    /// <summary>Removes the message. False when the lock had ended: it is or will be delivered again.</summary>
    public bool Complete(QueueDelivery delivery) => IfCurrent(delivery, () =>
    {
        WriteDone(delivery.Queued.Number);
        _sessions.RemoveHead(delivery.Session);
    });

    /// <summary>
    /// Gives the message back for redelivery after <paramref name="delay"/>; its session waits for it. False when the lock had ended.
    /// </summary>
    public bool Abandon(QueueDelivery delivery, TimeSpan delay) => IfCurrent(delivery, () =>
    {
        if (delivery.DeliveryCount >= _options.MaxDelivery)
        {
            MoveHeadToDead(delivery.Session, DeadLetter.TooManyDeliveries);
            return;
        }

        var notBefore = Now + Math.Max(0, (long)delay.TotalMilliseconds);
        WriteReturned(delivery.Queued, notBefore);
        _sessions.Rest(delivery.Session, notBefore);
    });

    /// <summary>Moves the message to the dead-letter list. False when the lock had ended.</summary>
    public bool MoveToDeadLetters(QueueDelivery delivery, string reason) =>
        IfCurrent(delivery, () => MoveHeadToDead(delivery.Session, reason));

    /// <summary>The dead-letter list, oldest first.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters()
    {
        lock (_gate)
        {
            return [.. _sessions.Dead.Select(message => new DeadLetter(message.Message, message.DeadReason!) { Number = message.Number })];
        }
    }

    /// <summary>Removes a dead letter whose outcome is written. False when it was removed before.</summary>
    public bool RemoveDeadLetter(DeadLetter deadLetter)
    {
        lock (_gate)
        {
            if (!_sessions.RemoveDead(deadLetter.Number))
            {
                return false;
            }

            WriteDone(deadLetter.Number);
            return true;
        }
    }

    /// <summary>How long until a resting or locked message may be deliverable again; null when only a send can bring work.</summary>
    internal TimeSpan? UntilNextTurn()
    {
        lock (_gate)
        {
            return _sessions.NextTurnAt is { } at ? TimeSpan.FromMilliseconds(Math.Clamp(at - Now, 1, LongestWait)) : null;
        }
    }

    private bool IfCurrent(QueueDelivery delivery, Action act)
    {
        lock (_gate)
        {
            if (!Sessions.IsCurrent(delivery))
            {
                return false;
            }

            act();
        }

        Arrived.Set();
        return true;
    }

    private void MoveHeadToDead(QueueSession session, string reason)
    {
        var message = session.Head!;
        var deliveries = message.DeliveryCount;
        _writer.WriteLazily(() => _table.MoveToDead(message.Number, deliveries, reason));
        _sessions.RemoveHead(session);
        _sessions.AddDead(message, reason);
        Died.Set();
    }

    private void WriteDone(long number) => _writer.WriteLazily(() => _table.Complete(number));

    private void WriteReturned(QueuedMessage message, long notBefore)
    {
        var deliveries = message.DeliveryCount;
        _writer.WriteLazily(() => _table.Return(message.Number, deliveries, notBefore));
    }
}
