using Concert.Booking.Ports;

namespace Concert.Testing.Fakes;

/// <summary>The queue over memory. Nothing is delivered by itself: a test hands over what it wants, when it wants.</summary>
public sealed class FakeQueue(TimeProvider time) : ICommandSender, IQueueInspector
{
    private const int TriesAtOnce = 10;
    private const int MostDeliveries = 10_000;

    private readonly SessionQueue _queue = new(time.GetUtcNow);

    public bool Away { get; set; }

    /// <summary>It does not say how long it is.</summary>
    public bool IsSilent { get; set; }

    /// <inheritdoc cref="SessionQueue.ForgetsDuplicates"/>
    public bool ForgetsDuplicates
    {
        get => _queue.ForgetsDuplicates;
        set => _queue.ForgetsDuplicates = value;
    }

    /// <summary>Thrown by a send, if set.</summary>
    public Exception? Throws { get; set; }

    /// <summary>Every message that was taken, in order.</summary>
    public List<CommandMessage> Sent { get; } = [];

    /// <summary>Every message that was given up, in order.</summary>
    public List<(CommandMessage Message, string Reason)> DeadLetters { get; } = [];

    public List<ProcessResult> Results { get; } = [];

    public int Waiting => _queue.Waiting.Count;

    public Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SessionQueue.Check(messages);
        if (Throws is not null)
        {
            throw Throws;
        }

        if (Away)
        {
            return Task.FromResult<SendResult>(new SendResult.Unavailable(TimeSpan.FromSeconds(3), "away"));
        }

        foreach (var message in messages.Where(m => _queue.Store(m) is not null))
        {
            lock (Sent)
            {
                Sent.Add(message);
            }
        }

        return Task.FromResult<SendResult>(new SendResult.Accepted());
    }

    public Task CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Away ? Task.FromException(new StoreUnavailableException("away")) : Task.CompletedTask;
    }

    public Task<QueueLoad?> MeasureAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(IsSilent || Away ? null : _queue.Load);
    }

    public Task<IReadOnlyList<PendingDeadLetter>> PeekDeadLettersAsync(int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Away
            ? Task.FromException<IReadOnlyList<PendingDeadLetter>>(new StoreUnavailableException("away"))
            : Task.FromResult<IReadOnlyList<PendingDeadLetter>>([.. _queue.DeadLetters.Take(limit).Select(l => new PendingDeadLetter(l.Message, l.Reason))]);
    }

    /// <summary>Makes a waiting message a dead letter that nobody has looked at yet.</summary>
    public void Kill(CommandMessage message, string reason) => _queue.GiveUp(message, reason);

    /// <summary>Delivers one message, without the wait that a retry asked for: the first of the <paramref name="pick"/>-th session that has any.</summary>
    public async Task<bool> DeliverAsync(ICommandProcessor processor, int pick = 0)
    {
        var sessions = _queue.Sessions.Where(s => s is { IsEmpty: false, Locked: null }).OrderBy(s => s.First).ToList();
        if (sessions.Count == 0 || _queue.Take(sessions[pick % sessions.Count], early: true) is not { } delivery)
        {
            return false;
        }

        await HandleAsync(delivery, processor);
        await SettleDeadAsync(processor, TriesAtOnce);
        return true;
    }

    /// <summary>Starts the delivery of everything that is due now, dead letters included, at most one of a session.</summary>
    public IReadOnlyList<Task> DeliverDue(ICommandProcessor processor) =>
    [
        .. _queue.Sessions.Select(s => _queue.Take(s)).OfType<QueueDelivery>().Select(d => HandleAsync(d, processor)),
        SettleDeadAsync(processor, tries: 1),
    ];

    /// <summary>Gives up on a message, as the queue does when it is too old.</summary>
    public async Task ExpireAsync(ICommandProcessor processor, int pick)
    {
        if (_queue.Waiting is { Count: > 0 } waiting)
        {
            _queue.GiveUp(waiting[pick % waiting.Count], "TTLExpiredException");
            await SettleDeadAsync(processor, TriesAtOnce);
        }
    }

    public async Task DrainAsync(ICommandProcessor processor)
    {
        for (var i = 0; await DeliverAsync(processor); i++)
        {
            if (i > MostDeliveries)
            {
                throw new InvalidOperationException("The queue does not come to an end.");
            }
        }
    }

    /// <summary>A handler that throws loses its lock, and the message counts as delivered.</summary>
    private async Task HandleAsync(QueueDelivery delivery, ICommandProcessor processor)
    {
        try
        {
            var result = await processor.ProcessAsync(delivery.Message, delivery.Count, CancellationToken.None);
            lock (Results)
            {
                Results.Add(result);
            }

            _queue.Settle(delivery, result);
        }
        finally
        {
            _queue.Lapse(delivery);
        }
    }

    private async Task SettleDeadAsync(ICommandProcessor processor, int tries)
    {
        foreach (var letter in _queue.DeadLetters.Where(l => l.Owner is null && (tries > 1 || l.NotBefore <= time.GetUtcNow())))
        {
            if (!DeadLetters.Contains((letter.Message, letter.Reason)))
            {
                DeadLetters.Add((letter.Message, letter.Reason));
            }

            letter.Owner = this;
            for (var i = 0; i < tries && !await SettleAsync(letter, processor); i++)
            {
            }
        }
    }

    private async Task<bool> SettleAsync(DeadLetter letter, ICommandProcessor processor)
    {
        try
        {
            var result = await processor.DeadLetterAsync(letter.Message, letter.Reason, CancellationToken.None);
            if (result is ProcessResult.Done)
            {
                _queue.Remove(letter);
                return true;
            }

            letter.NotBefore = time.GetUtcNow() + ((result as ProcessResult.Retry)?.After ?? TimeSpan.Zero);
            return false;
        }
        finally
        {
            letter.Owner = null;
        }
    }
}
