using Concert.Booking.Commands;
using Concert.Booking.Ports;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Concert.Simulation.Planted;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Ports;

/// <summary>Somebody who can handle deliveries.</summary>
public interface IConsumer
{
    SimProcess Process { get; }

    ICommandProcessor Commands { get; }
}

/// <summary>
/// The queue, shared by all instances: a <see cref="SessionQueue"/> whose deliveries come late and twice, and whose locks get lost while their handler
/// still runs.
/// </summary>
public sealed class SimQueue
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(300);

    private readonly World _world;
    private readonly Func<IConsumer?> _pickConsumer;
    private readonly Defect _defect;
    private readonly SessionQueue _queue;
    private readonly HashSet<QueueSession> _kicked = [];
    private readonly Dictionary<string, PendingCommit> _pending = new(StringComparer.Ordinal);

    /// <summary>It takes nothing, and says so.</summary>
    public bool IsAway { get; set; }

    /// <param name="world">Where it runs.</param>
    /// <param name="pickConsumer">Who gets the next delivery; null when nobody is there.</param>
    /// <param name="defect">What is planted.</param>
    public SimQueue(World world, Func<IConsumer?> pickConsumer, Defect defect)
    {
        (_world, _pickConsumer, _defect) = (world, pickConsumer, defect);
        var maxDeliveries = world.Faults.Plan.Has(Fault.FewDeliveries) ? 1 + (int)(world.Seed % 3) : SessionQueue.MaxDeliveries;
        _queue = new SessionQueue(() => world.UtcNow, maxDeliveries) { Died = Bury };
    }

    /// <summary>Nothing waits, is being handled or is unsettled among the dead.</summary>
    public bool IsEmpty => _queue.IsEmpty;

    public QueueLoad Load => _queue.Load;

    /// <summary>Without an outcome yet.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters => _queue.DeadLetters;

    /// <summary>Ids of messages that were dead-lettered.</summary>
    public HashSet<string> Buried { get; } = new(StringComparer.Ordinal);

    /// <summary>When each message was stored first.</summary>
    public Dictionary<string, long> StoredAt { get; } = new(StringComparer.Ordinal);

    /// <summary>Called with each message that is stored, but for duplicates.</summary>
    public Action<CommandMessage>? Stored { get; set; }

    /// <summary>The first send of this message, while it is not durable.</summary>
    public PendingCommit? FindPending(string messageId) => _pending.GetValueOrDefault(messageId);

    /// <summary>Known to duplicate detection now, durable later or never.</summary>
    public void StorePending(CommandMessage message)
    {
        var pending = _pending[message.MessageId] = new PendingCommit();
        _world.Schedule(null, _world.Faults.Between(0.2, 12), () =>
        {
            var isDurable = _world.Faults.Next(2) == 0;
            _world.History.Add("queue", $"{Describe(message)} is {(isDurable ? "durable" : "lost before it was durable")}");
            _pending.Remove(message.MessageId);
            if (isDurable)
            {
                Store(message);
            }

            pending.End(isDurable);
        });
    }

    public void Store(CommandMessage message)
    {
        if (_queue.Store(message) is { } session)
        {
            StoredAt.TryAdd(message.MessageId, _world.Now);
            Stored?.Invoke(message);
            Kick(session, _world.Faults.Roll(Fault.DeliveryLate) ? _world.Faults.Between(0.5, 40) : _world.Latency());
        }
    }

    /// <summary>Locks of a consumer that is gone lapse after a while.</summary>
    public void ConsumerDied(IConsumer consumer, TimeSpan lapse)
    {
        foreach (var delivery in _queue.Sessions.Select(s => s.Locked).OfType<QueueDelivery>().Where(d => d.Owner == consumer))
        {
            LapseAfter(delivery, lapse);
        }

        foreach (var letter in _queue.DeadLetters.Where(d => d.Owner == consumer))
        {
            letter.Owner = null;
            _world.Schedule(null, lapse, () => DeliverDead(letter));
        }
    }

    private void Kick(QueueSession session, TimeSpan after)
    {
        if (session.Locked is not null || session.IsEmpty || !_kicked.Add(session))
        {
            return;
        }

        _world.Schedule(null, after, () =>
        {
            _kicked.Remove(session);
            if (session is { Locked: null, IsEmpty: false })
            {
                Deliver(session);
            }
        });
    }

    private void Deliver(QueueSession session)
    {
        if (_pickConsumer() is not { } consumer)
        {
            Kick(session, AskAgain);
            return;
        }

        if (_queue.Take(session) is not { } delivery)
        {
            Kick(session, session.NotBefore - _world.UtcNow);
            return;
        }

        delivery.Owner = consumer;
        if (_world.Faults.Roll(Fault.LockLost))
        {
            LapseAfter(delivery, _world.Faults.Between(0, 3) * _world.Faults.Next(2));
        }

        if (_defect == Defect.CompletedBeforeHandled)
        {
            _queue.Lose(delivery);
        }

        _world.History.Mix(delivery.Count);
        _world.History.Add(consumer.Process.Name, $"<- {Describe(delivery.Message)} (delivery {delivery.Count})");
        consumer.Process.Start(() => HandleAsync(delivery, consumer));
    }

    private async Task HandleAsync(QueueDelivery delivery, IConsumer consumer)
    {
        var result = await AskAsync(consumer, c => c.ProcessAsync(delivery.Message, delivery.Count, CancellationToken.None));
        await consumer.Process.CallAsync(() =>
        {
            Settle(delivery, consumer, result);
            return true;
        });
    }

    /// <summary>A handler that throws is a defect; its message is handed over again all the same.</summary>
    private async Task<ProcessResult> AskAsync(IConsumer consumer, Func<ICommandProcessor, Task<ProcessResult>> ask)
    {
        try
        {
            return await ask(consumer.Commands);
        }
        catch (Exception e) when (!consumer.Process.IsStrict)
        {
            return new ProcessResult.Retry(AskAgain, e.Message);
        }
    }

    private void Settle(QueueDelivery delivery, IConsumer consumer, ProcessResult result)
    {
        var isLocked = delivery.Session.Locked == delivery;
        _world.History.Add(consumer.Process.Name, $"-> {Describe(delivery.Message)}: {Describe(result)}{(isLocked ? "" : " (lock lost)")}");
        if (!isLocked)
        {
            return;
        }

        if (result is ProcessResult.Done && _world.Faults.Roll(Fault.Duplicate))
        {
            // The completion did not arrive: the message is handed over again.
            _queue.Lapse(delivery);
            Kick(delivery.Session, _world.Faults.Between(0, 3));
            return;
        }

        _queue.Settle(delivery, result);
        Kick(delivery.Session, (result as ProcessResult.Retry)?.After ?? TimeSpan.Zero);
    }

    private void LapseAfter(QueueDelivery delivery, TimeSpan after) => _world.Schedule(null, after, () =>
    {
        if (_queue.Lapse(delivery))
        {
            _world.History.Add("queue", $"lock of session {delivery.Session.Id} is lost");
            Kick(delivery.Session, TimeSpan.Zero);
        }
    });

    private void Bury(DeadLetter letter)
    {
        Buried.Add(letter.Message.MessageId);
        _world.History.Add("queue", $"dead letter: {Describe(letter.Message)} {letter.Reason}");
        if (_defect == Defect.DeadLetterDropped)
        {
            _queue.Remove(letter);
            return;
        }

        _world.Schedule(null, _world.Latency(), () => DeliverDead(letter));
    }

    private void DeliverDead(DeadLetter letter)
    {
        if (letter.Owner is not null || !_queue.DeadLetters.Contains(letter))
        {
            return;
        }

        if (_pickConsumer() is not { } consumer)
        {
            _world.Schedule(null, AskAgain, () => DeliverDead(letter));
            return;
        }

        letter.Owner = consumer;
        consumer.Process.Start(async () =>
        {
            var result = await AskAsync(consumer, c => c.DeadLetterAsync(letter.Message, letter.Reason, CancellationToken.None));
            await consumer.Process.CallAsync(() =>
            {
                letter.Owner = null;
                if (result is ProcessResult.Done && !_world.Faults.Roll(Fault.Duplicate))
                {
                    _queue.Remove(letter);
                }
                else
                {
                    _world.Schedule(null, (result as ProcessResult.Retry)?.After ?? AskAgain, () => DeliverDead(letter));
                }

                return true;
            });
        });
    }

    private static string Describe(CommandMessage message) =>
        message.MessageId.Length > 40 ? $"{CommandJson.TryRead(message.Body)?.Name}:…{message.MessageId[^6..]}" : message.MessageId;

    private static string Describe(ProcessResult result) => result switch
    {
        ProcessResult.Retry retry => $"retry ({retry.Detail})",
        ProcessResult.Poison poison => $"poison ({poison.Reason})",
        _ => "done",
    };
}
