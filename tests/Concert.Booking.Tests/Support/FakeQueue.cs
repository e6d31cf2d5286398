using Concert.Booking.Messaging;

namespace Concert.Booking.Tests.Support;

/// <summary>The queue: duplicates of a message id are dropped, sessions keep their order, ten deliveries and then the dead-letter list.</summary>
internal sealed class FakeQueue : ICommandSender
{
    private const int MaxDeliveries = 10;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<Pending> _pending = [];

    private sealed class Pending(CommandMessage message)
    {
        public CommandMessage Message { get; } = message;

        public int Deliveries { get; set; }
    }

    public bool Away { get; set; }

    /// <summary>Duplicates are no longer detected, as when the window is over.</summary>
    public bool ForgetsDuplicates { get; set; }

    /// <summary>Thrown by a send, if set.</summary>
    public Exception? Throws { get; set; }

    /// <summary>Every message that was taken, in order.</summary>
    public List<CommandMessage> Sent { get; } = [];

    public List<(CommandMessage Message, string Reason)> DeadLetters { get; } = [];

    public List<ProcessResult> Results { get; } = [];

    public int Waiting => _pending.Count;

    public Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count is < 1 or > 1000 || messages.Any(m => m.MessageId.Length is < 1 or > 128 || m.SessionId.Length is < 1 or > 128))
        {
            throw new InvalidOperationException("The queue's contract was broken.");
        }

        if (Throws is not null)
        {
            throw Throws;
        }

        if (Away)
        {
            return Task.FromResult<SendResult>(new SendResult.Unavailable(TimeSpan.FromSeconds(3), "away"));
        }

        foreach (var message in messages.Where(m => _seen.Add(m.MessageId) || ForgetsDuplicates))
        {
            Sent.Add(message);
            _pending.Add(new Pending(message));
        }

        return Task.FromResult<SendResult>(new SendResult.Accepted());
    }

    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Delivers one message: the first of the <paramref name="pick"/>-th session that has any.</summary>
    public async Task<bool> DeliverAsync(ICommandProcessor processor, int pick = 0)
    {
        var heads = _pending.GroupBy(p => p.Message.SessionId, StringComparer.Ordinal).Select(g => g.First()).ToList();
        if (heads.Count == 0)
        {
            return false;
        }

        var next = heads[pick % heads.Count];
        next.Deliveries++;
        var result = await processor.ProcessAsync(next.Message, next.Deliveries, CancellationToken.None);
        Results.Add(result);
        switch (result)
        {
            case ProcessResult.Done:
                _pending.Remove(next);
                break;
            case ProcessResult.Poison poison:
                await DeadLetterAsync(processor, next, poison.Reason);
                break;
            case ProcessResult.Retry when next.Deliveries >= MaxDeliveries:
                await DeadLetterAsync(processor, next, "MaxDeliveryCountExceeded");
                break;
        }

        return true;
    }

    /// <summary>Gives up on the first message of a session, as the queue does when a message is too old.</summary>
    public async Task ExpireAsync(ICommandProcessor processor, int pick)
    {
        if (_pending.Count > 0)
        {
            await DeadLetterAsync(processor, _pending[pick % _pending.Count], "TTLExpiredException");
        }
    }

    public async Task DrainAsync(ICommandProcessor processor)
    {
        for (var i = 0; await DeliverAsync(processor); i++)
        {
            if (i > 10_000)
            {
                throw new InvalidOperationException("The queue does not come to an end.");
            }
        }
    }

    private async Task DeadLetterAsync(ICommandProcessor processor, Pending dead, string reason)
    {
        _pending.Remove(dead);
        DeadLetters.Add((dead.Message, reason));
        for (var i = 0; i < MaxDeliveries && await processor.DeadLetterAsync(dead.Message, reason, CancellationToken.None) is not ProcessResult.Done; i++)
        {
        }
    }
}
