using System.Threading.Channels;
using Concert.Booking.Ports;
using Concert.Embedded.Sqlite;

namespace Concert.Embedded.Messaging;

/// <summary>
/// The command queue: sessions in order, peek-lock, redelivery, duplicate detection, a dead-letter list. A send is accepted when it, or the first of
/// its repeats, is on disk; what a handler gives back (completed, abandoned, dead-lettered) reaches the disk a moment later, so a crash means one
/// more delivery at worst.
/// </summary>
public sealed class EmbeddedQueue : ICommandSender, IQueueInspector
{
    private const int MaxMessages = 1000;
    private const int MaxIdLength = 128;
    private const int MaxBodyBytes = 256 * 1024;
    private const int MaxBytesPerSend = 16 << 20;
    private static readonly TimeSpan FullDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Sessions _sessions = new();
    private readonly Channel<bool> _died = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly MessageTable _table;
    private readonly Writer _writer;
    private readonly TimeProvider _time;
    private readonly int _maxDelivery;
    private readonly long _lockMilliseconds;
    private int _sending;

    internal EmbeddedQueue(Database database, TimeProvider time, EmbeddedOptions options)
    {
        (_writer, _time, MaxDepth) = (database.Writer, time, options.MaxQueueDepth);
        (_maxDelivery, _lockMilliseconds) = (options.MaxDelivery, (long)options.LockDuration.TotalMilliseconds);
        _table = new MessageTable(database.Connection, options.DuplicateWindow);
        foreach (var message in _table.All())
        {
            _sessions.Add(message);
        }
    }

    /// <summary>Messages that were sent can be delivered. Called by the writer, whom it holds up.</summary>
    internal Action? Arrived { get; set; }

    /// <summary>The gauges, consistent with each other.</summary>
    public QueueStatus Status
    {
        get
        {
            lock (_gate)
            {
                var age = TimeSpan.FromMilliseconds(_sessions.OldestSentAt is { } sentAt ? Math.Max(0, Now - sentAt) : 0);
                return new QueueStatus(_sessions.Depth, _sessions.InFlight, _sessions.DeadCount, age);
            }
        }
    }

    /// <summary>See <see cref="EmbeddedOptions.MaxQueueDepth"/>.</summary>
    internal int MaxDepth { get; set; }

    /// <summary>Has something to read when a message has died since the last one was read.</summary>
    internal ChannelReader<bool> Died => _died.Reader;

    /// <summary>The disk is at fault or behind: no delivery is handed out, since its handler could decide nothing and would only use it up.</summary>
    internal bool IsHeldUp => _writer.Fault is not null || _writer.IsBehind;

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var own = Own(messages);
        lock (_gate)
        {
            if (Refusal(own.Length) is { } refusal)
            {
                return new SendResult.Unavailable(FullDelay, refusal);
            }

            _sending += own.Length;
        }

        var outcome = await _writer.WriteAsync(new SendWork(this, own, Now)).WaitAsync(cancellationToken);
        return outcome.Fault is { } fault ? new SendResult.Unavailable(FullDelay, fault.Detail) : new SendResult.Accepted();
    }

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var fault = _writer.Unusable ?? (Refusal(1) is { } refusal ? new StoreUnavailableException(refusal) : null);
            return fault is null ? Task.CompletedTask : Task.FromException(fault);
        }
    }

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
                if (session.Head!.DeliveryCount >= _maxDelivery)
                {
                    MoveHeadToDead(session, DeadLetter.TooManyDeliveries);
                    continue;
                }

                var delivery = _sessions.Lock(session, now + _lockMilliseconds);
                if (delivery.Queued.IsFromBefore)
                {
                    _writer.WriteLazily(new ReturnWork(_table, delivery.Queued.Number, delivery.DeliveryCount, delivery.Queued.NotBefore));
                }

                return delivery;
            }

            return null;
        }
    }

    /// <summary>
    /// Ends a delivery as its handler says: done is removed, a retry comes again when its time has come and holds up its session until then, and what is
    /// poison, or was delivered too often, goes to the dead-letter list. False when the lock had ended: the message is or will be delivered again.
    /// The caller that settles may receive again: the next message of the session is announced to nobody.
    /// </summary>
    public bool Settle(QueueDelivery delivery, ProcessResult result)
    {
        lock (_gate)
        {
            if (!Sessions.IsCurrent(delivery))
            {
                return false;
            }

            switch (result)
            {
                case ProcessResult.Done:
                    _writer.WriteLazily(new CompleteWork(_table, delivery.Queued.Number));
                    _sessions.RemoveHead(delivery.Session);
                    break;
                case ProcessResult.Retry retry when delivery.DeliveryCount < _maxDelivery:
                    var notBefore = Now + Math.Max(0, (long)retry.After.TotalMilliseconds);
                    _writer.WriteLazily(new ReturnWork(_table, delivery.Queued.Number, delivery.DeliveryCount, notBefore));
                    _sessions.Rest(delivery.Session, notBefore);
                    break;
                default:
                    MoveHeadToDead(delivery.Session, result is ProcessResult.Poison poison ? poison.Reason : DeadLetter.TooManyDeliveries);
                    break;
            }

            return true;
        }
    }

    /// <inheritdoc />
    public Task<QueueLoad?> MeasureAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var status = Status;
        return Task.FromResult<QueueLoad?>(new QueueLoad(status.Depth, status.Depth > 0 ? status.OldestAge : null));
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<PendingDeadLetter>> PeekDeadLettersAsync(int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<PendingDeadLetter>>(
                [.. _sessions.Dead.Take(limit).Select(message => new PendingDeadLetter(message.Message, message.DeadReason!))]);
        }
    }

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

            _writer.WriteLazily(new CompleteWork(_table, deadLetter.Number));
            return true;
        }
    }

    /// <summary>When the next resting or locked message may be deliverable again; null when only a send can bring work.</summary>
    internal DateTimeOffset? NextTurn()
    {
        lock (_gate)
        {
            return _sessions.NextTurnAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
        }
    }

    private static CommandMessage[] Own(IReadOnlyList<CommandMessage> messages)
    {
        ArgumentOutOfRangeException.ThrowIfZero(messages.Count, nameof(messages));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messages.Count, MaxMessages, nameof(messages));
        var (own, bytes) = (new CommandMessage[messages.Count], 0L);
        for (var i = 0; i < own.Length; i++)
        {
            var message = messages[i];
            if (message.MessageId.Length is 0 or > MaxIdLength || message.SessionId.Length is 0 or > MaxIdLength || message.Body.Length > MaxBodyBytes)
            {
                throw new ArgumentException("Message and session ids have 1 to 128 characters, bodies at most 256 KB.", nameof(messages));
            }

            bytes += message.Body.Length;
            own[i] = message with { Body = message.Body.ToArray() };
        }

        return bytes <= MaxBytesPerSend ? own : throw new ArgumentException("The bodies of one send have at most 16 MB.", nameof(messages));
    }

    private string? Refusal(int count) =>
        (_writer.IsBehind ? "The disk cannot keep up." : null)
        ?? (_sessions.Depth + _sessions.DeadCount + _sending + count > MaxDepth ? $"The queue is full: {MaxDepth} messages." : null);

    private void MoveHeadToDead(QueueSession session, string reason)
    {
        var message = session.Head!;
        _writer.WriteLazily(new BuryWork(_table, message.Number, message.DeliveryCount, reason));
        _sessions.RemoveHead(session);
        _sessions.AddDead(message, reason);
        _died.Writer.TryWrite(true);
    }

    /// <summary>A send's messages can be delivered once they are on disk.</summary>
    private sealed class SendWork(EmbeddedQueue queue, CommandMessage[] messages, long now) : Request<long[]>
    {
        public override void Done()
        {
            lock (queue._gate)
            {
                queue._sending -= messages.Length;
                for (var i = 0; i < messages.Length; i++)
                {
                    if (Value[i] > 0)
                    {
                        queue._sessions.Add(new QueuedMessage(Value[i], messages[i], now));
                    }
                }
            }

            queue.Arrived?.Invoke();
        }

        public override void RolledBack() => queue._table.RolledBack();

        public override void Failed(Fault fault)
        {
            lock (queue._gate)
            {
                queue._sending -= messages.Length;
            }

            base.Failed(fault);
        }

        protected override long[] Make() => queue._table.Add(messages, now);
    }
}
