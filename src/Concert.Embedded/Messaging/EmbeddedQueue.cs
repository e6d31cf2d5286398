using Concert.Booking.Messaging;
using Concert.Booking.Storage;
using Concert.Embedded.Journaling;

namespace Concert.Embedded.Messaging;

/// <summary>
/// The command queue: sessions in order, peek-lock, redelivery, duplicate detection, a dead-letter list. A send is accepted when it is on disk;
/// what a handler gives back (completed, abandoned, dead-lettered) reaches the disk a little later, so a crash means one more delivery at worst.
/// </summary>
public sealed partial class EmbeddedQueue : ICommandSender
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
                var age = TimeSpan.FromMilliseconds(_tables.OldestSentAt is { } sentAt ? Math.Max(0, Now - sentAt) : 0);
                return new QueueStatus(_tables.Depth, _tables.InFlight, _tables.DeadCount, age);
            }
        }
    }

    internal WorkSignal Arrived { get; } = new();

    internal WorkSignal Died { get; } = new();

    /// <summary>The disk is at fault or behind: no delivery is handed out, since its handler could decide nothing and would only use it up.</summary>
    internal bool IsHeldUp
    {
        get
        {
            lock (_journal.Gate)
            {
                return IsHeldUpNow;
            }
        }
    }

    private bool IsHeldUpNow => _journal.Fault is not null || _journal.IsBehind;

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Check(messages);
        (CommandMessage Own, UInt128 Id)[] sending =
            [.. messages.Select(message => (message with { Body = message.Body.ToArray() }, DuplicateFilter.Hash(message.MessageId)))];
        long last;
        lock (_journal.Gate)
        {
            if (Refusal(messages.Count) is { } refusal)
            {
                return new SendResult.Unavailable(FullDelay, refusal);
            }

            Append(sending);

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
        _journal.Fault
        ?? (_journal.IsBehind ? "The disk is behind." : null)
        ?? (_tables.Depth + _tables.DeadCount + count > _options.MaxQueueDepth ? $"The queue is full: {_options.MaxQueueDepth} messages." : null);

    private void Append((CommandMessage Own, UInt128 Id)[] sending)
    {
        var now = Now;
        foreach (var (own, id) in sending)
        {
            if (_tables.Duplicates.TryAdd(id, now))
            {
                var number = _journal.Append(new SentRecord(own, now));
                _tables.Add(new QueuedMessage(number, own, now));
            }
        }
    }
}
