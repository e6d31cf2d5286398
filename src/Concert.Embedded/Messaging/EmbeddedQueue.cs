using Concert.Booking.Ports;
using Concert.Embedded.Sqlite;

namespace Concert.Embedded.Messaging;

/// <summary>
/// The command queue: sessions in order, peek-lock, redelivery, duplicate detection, a dead-letter list. A send is accepted when it, or the first of
/// its repeats, is on disk; what a handler gives back (completed, abandoned, dead-lettered) reaches the disk a moment later, so a crash means one
/// more delivery at worst.
/// </summary>
public sealed partial class EmbeddedQueue : ICommandSender
{
    private const int MaxMessages = 1000;
    private const int MaxIdLength = 128;
    private const int MaxBodyBytes = 256 * 1024;
    private const int MaxBytesPerSend = 16 << 20;
    private static readonly TimeSpan FullDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Sessions _sessions = new();
    private readonly MessageTable _table;
    private readonly Writer _writer;
    private readonly TimeProvider _time;
    private readonly EmbeddedOptions _options;
    private int _sending;

    internal EmbeddedQueue(Database database, TimeProvider time, EmbeddedOptions options)
    {
        (_writer, _time, _options) = (database.Writer, time, options);
        _table = new MessageTable(database.Connection, options.DuplicateWindow);
        foreach (var message in _table.All())
        {
            _sessions.Add(message);
        }
    }

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

    internal WorkSignal Arrived { get; } = new();

    internal WorkSignal Died { get; } = new();

    /// <summary>The disk is at fault or behind: no delivery is handed out, since its handler could decide nothing and would only use it up.</summary>
    internal bool IsHeldUp => _writer.Fault is not null || _writer.IsBehind;

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Check(messages);
        CommandMessage[] own = [.. messages.Select(message => message with { Body = message.Body.ToArray() })];
        lock (_gate)
        {
            if (Refusal(own.Length) is { } refusal)
            {
                return new SendResult.Unavailable(FullDelay, refusal);
            }

            _sending += own.Length;
        }

        var outcome = await _writer.Submit(new SendWork(this, own, Now), isRead: false).Outcome.WaitAsync(cancellationToken);
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
            if (message.MessageId.Length is 0 or > MaxIdLength || message.SessionId.Length is 0 or > MaxIdLength
                || message.Body.Length > MaxBodyBytes)
            {
                throw new ArgumentException("Message and session ids have 1 to 128 characters, bodies at most 256 KB.", nameof(messages));
            }
        }
    }

    private string? Refusal(int count) =>
        (_writer.IsBehind ? "The disk cannot keep up." : null)
        ?? (_sessions.Depth + _sessions.DeadCount + _sending + count > _options.MaxQueueDepth ? $"The queue is full: {_options.MaxQueueDepth} messages." : null);

    /// <summary>A send's messages can be delivered once they are on disk.</summary>
    private sealed class SendWork(EmbeddedQueue queue, CommandMessage[] messages, long now) : Request<long[]>(() => queue._table.Add(messages, now))
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

            queue.Arrived.Set();
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
    }
}
