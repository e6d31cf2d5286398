using Concert.Booking.Messaging;
using Concert.Booking.Storage;
using Concert.Embedded.Journaling;

namespace Concert.Embedded.Messaging;

/// <summary>
/// The command queue: sessions in order, peek-lock, redelivery, duplicate detection, a dead-letter list. A send is accepted when it is on disk;
/// what a handler gives back (completed, abandoned, dead-lettered) reaches the disk a little later, so a crash means one more delivery at worst.
/// </summary>
public sealed class EmbeddedQueue : ICommandSender
{
    private const int MaxMessages = 1000;
    private const int MaxIdLength = 128;
    private const int MaxBodyBytes = 256 * 1024;
    private const int MaxBytesPerSend = 16 << 20;
    private static readonly TimeSpan FullDelay = TimeSpan.FromSeconds(1);

    private readonly IJournal _journal;
    private readonly MessageTables _tables;
    private readonly TimeProvider _time;
    private readonly EmbeddedOptions _options;

    internal EmbeddedQueue(IJournal journal, MessageTables tables, TimeProvider time, EmbeddedOptions options) =>
        (_journal, _tables, _time, _options) = (journal, tables, time, options);

    /// <summary>The gauges, consistent with each other.</summary>
    public QueueStatus Status
    {
        get
        {
            lock (_journal.Gate)
            {
                var age = _tables.OldestSentAt is { } sentAt ? TimeSpan.FromMilliseconds(Math.Max(0, Now - sentAt)) : TimeSpan.Zero;
                return new QueueStatus(_tables.Depth, _tables.InFlight, _tables.DeadCount, age);
            }
        }
    }

    internal WorkSignal Arrived { get; } = new();

    internal WorkSignal Died { get; } = new();

    internal bool IsFaulted => _journal.Fault is not null;

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Check(messages);
        long last;
        lock (_journal.Gate)
        {
            if (Refusal(messages.Count) is { } refusal)
            {
                return new SendResult.Unavailable(FullDelay, refusal);
            }

            Append(messages);

            // Not the own records only: the first of a repeat may still be on its way to the disk.
            last = _journal.NextSequence - 1;
        }

        Arrived.Set();
        return await _journal.WaitDurableAsync(last, cancellationToken)
            ? new SendResult.Accepted()
            : new SendResult.Unavailable(FullDelay, _journal.Fault ?? "The disk took too long.");
    }

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_journal.Gate)
        {
            return Refusal(1) is { } refusal ? Task.FromException(new StoreUnavailableException(refusal)) : Task.CompletedTask;
        }
    }

    /// <summary>
    /// The next message of a session that no other delivery holds, or null. It is the receiver's until it gives it back, or until the lock ends.
    /// Messages delivered too often are dead-lettered on the way. Null, too, while the disk is at fault: nothing could be decided durably.
    /// </summary>
    public QueueDelivery? TryReceive()
    {
        lock (_journal.Gate)
        {
            var now = Now;
            while (_journal.Fault is null && _tables.NextSession(now) is { } session)
            {
                var message = session.Head!;
                if (message.DeliveryCount >= _options.MaxDelivery)
                {
                    MoveHeadToDead(session, DeadLetter.TooManyDeliveries);
                    continue;
                }

                var turn = _tables.Lock(session, now + (long)_options.LockDuration.TotalMilliseconds);
                _journal.Append(new MessageEvent(RecordKind.Delivered, message.Number));
                return new QueueDelivery(session, message, turn);
            }

            return null;
        }
    }

    /// <summary>Removes the message. False when the lock had ended: it is or will be delivered again.</summary>
    public bool Complete(QueueDelivery delivery) => IfCurrent(delivery, () =>
    {
        _journal.Append(new MessageEvent(RecordKind.Completed, delivery.Queued.Number));
        _tables.RemoveHead(delivery.Session);
    });

    /// <summary>Gives the message back for redelivery after <paramref name="delay"/>; its session waits for it. False when the lock had ended.</summary>
    public bool Abandon(QueueDelivery delivery, TimeSpan delay) => IfCurrent(delivery, () =>
    {
        if (delivery.DeliveryCount >= _options.MaxDelivery)
        {
            MoveHeadToDead(delivery.Session, DeadLetter.TooManyDeliveries);
            return;
        }

        var notBefore = Now + Math.Max(0, (long)delay.TotalMilliseconds);
        _journal.Append(new MessageEvent(RecordKind.Abandoned, delivery.Queued.Number, notBefore));
        _tables.Rest(delivery.Session, notBefore);
    });

    /// <summary>Moves the message to the dead-letter list. False when the lock had ended.</summary>
    public bool MoveToDeadLetters(QueueDelivery delivery, string reason) => IfCurrent(delivery, () => MoveHeadToDead(delivery.Session, reason));

    /// <summary>The dead-letter list, oldest first.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters()
    {
        lock (_journal.Gate)
        {
            return [.. _tables.Dead.Select(message => new DeadLetter(message.Message, message.DeadReason!) { Number = message.Number })];
        }
    }

    /// <summary>Removes a dead letter whose outcome is written. False when it was removed before.</summary>
    public bool RemoveDeadLetter(DeadLetter deadLetter)
    {
        lock (_journal.Gate)
        {
            if (!_tables.RemoveDead(deadLetter.Number))
            {
                return false;
            }

            _journal.Append(new MessageEvent(RecordKind.Completed, deadLetter.Number));
            return true;
        }
    }

    /// <summary>How long until a resting or locked message may be deliverable again; null when only a send can bring work.</summary>
    internal TimeSpan? UntilNextTurn()
    {
        lock (_journal.Gate)
        {
            return _tables.NextTurnAt is { } at ? TimeSpan.FromMilliseconds(Math.Max(1, at - Now)) : null;
        }
    }

    private static void Check(IReadOnlyList<CommandMessage> messages)
    {
        ArgumentOutOfRangeException.ThrowIfZero(messages.Count, nameof(messages));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messages.Count, MaxMessages, nameof(messages));
        if (messages.Sum(message => (long)message.Body.Length) > MaxBytesPerSend)
        {
            throw new ArgumentException("The bodies of one send have at most 16 MB.", nameof(messages));
        }

        foreach (var message in messages)
        {
            if (message.MessageId.Length is 0 or > MaxIdLength || message.SessionId.Length is 0 or > MaxIdLength || message.Body.Length > MaxBodyBytes)
            {
                throw new ArgumentException("Message and session ids have 1 to 128 characters, bodies at most 256 KB.", nameof(messages));
            }
        }
    }

    private string? Refusal(int count) =>
        _journal.Fault
        ?? (_journal.IsBehind ? "The disk is behind." : null)
        ?? (_tables.Depth + _tables.DeadCount + count > _options.MaxQueueDepth ? $"The queue is full: {_options.MaxQueueDepth} messages." : null);

    private void Append(IReadOnlyList<CommandMessage> messages)
    {
        var now = Now;
        foreach (var message in messages)
        {
            if (_tables.Duplicates.TryAdd(message.MessageId, now))
            {
                var own = message with { Body = message.Body.ToArray() };
                var number = _journal.Append(new SentRecord(own, now));
                _tables.Add(new QueuedMessage(number, own, now));
            }
        }
    }

    private bool IfCurrent(QueueDelivery delivery, Action act)
    {
        lock (_journal.Gate)
        {
            if (!MessageTables.IsCurrent(delivery))
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
        _journal.Append(new MessageEvent(RecordKind.DeadLettered, message.Number, reason: reason));
        _tables.RemoveHead(session);
        _tables.AddDead(message, reason);
        Died.Set();
    }
}
