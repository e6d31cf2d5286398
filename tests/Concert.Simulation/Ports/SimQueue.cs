using Concert.Booking.Messaging;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Concert.Simulation.Planted;

namespace Concert.Simulation.Ports;

/// <summary>Somebody who can handle deliveries.</summary>
public interface IConsumer
{
    SimProcess Process { get; }

    ICommandProcessor Commands { get; }
}

/// <summary>
/// The queue: sessions handed over one message at a time and in order, duplicate detection by message id, session locks that get lost while their
/// handler still runs, a delivery limit and a dead-letter list. Shared by all instances.
/// </summary>
public sealed class SimQueue(World world, Func<IConsumer?> pickConsumer, Defect defect)
{
    private static readonly TimeSpan DuplicateWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly List<Session> _inOrder = [];
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);
    private readonly List<DeadLetter> _deadLetters = [];
    private readonly int _maxDeliveries = world.Faults.Plan.Has(Fault.FewDeliveries) ? 1 + (int)(world.Seed % 3) : 10;
    private int _lock;

    /// <summary>Nothing waits, is being handled or is unsettled among the dead.</summary>
    public bool IsEmpty => _inOrder.TrueForAll(s => s.Messages.Count == 0) && _deadLetters.Count == 0;

    /// <summary>Ids of messages that were dead-lettered.</summary>
    public HashSet<string> Buried { get; } = new(StringComparer.Ordinal);

    /// <summary>When each message was stored first.</summary>
    public Dictionary<string, long> StoredAt { get; } = new(StringComparer.Ordinal);

    /// <summary>Raised with each message that is stored.</summary>
    public Action<CommandMessage>? Stored { get; set; }

    public void Store(CommandMessage message)
    {
        if (message.MessageId.Length > 128 || message.SessionId.Length > 128)
        {
            world.Fail("contract", $"Message {message.MessageId} of session {message.SessionId} has too long an id");
        }

        if (_seen.TryGetValue(message.MessageId, out var at) && world.Now - at < DuplicateWindow.Ticks)
        {
            return;
        }

        _seen[message.MessageId] = world.Now;
        StoredAt.TryAdd(message.MessageId, world.Now);
        Stored?.Invoke(message);
        if (!_sessions.TryGetValue(message.SessionId, out var session))
        {
            _sessions[message.SessionId] = session = new Session(message.SessionId);
            _inOrder.Add(session);
        }

        session.Messages.Add(new Delivery(message));
        Kick(session, world.Faults.Roll(Fault.DeliveryLate) ? world.Faults.Between(0.5, 40) : world.Latency());
    }

    /// <summary>Locks of a consumer that is gone lapse after a while.</summary>
    public void ConsumerDied(IConsumer consumer, TimeSpan lapse)
    {
        foreach (var session in _inOrder.Where(s => s.Owner == consumer))
        {
            LapseAfter(session, session.Lock, lapse);
        }

        foreach (var letter in _deadLetters.Where(d => d.Owner == consumer))
        {
            letter.Owner = null;
            world.Schedule(null, lapse, () => DeliverDead(letter));
        }
    }

    private void Kick(Session session, TimeSpan after)
    {
        if (session.Lock != 0 || session.Messages.Count == 0 || session.IsKicked)
        {
            return;
        }

        session.IsKicked = true;
        world.Schedule(null, after, () =>
        {
            session.IsKicked = false;
            if (session.Lock == 0 && session.Messages.Count > 0)
            {
                Deliver(session);
            }
        });
    }

    private void Deliver(Session session)
    {
        if (pickConsumer() is not { } consumer)
        {
            Kick(session, AskAgain);
            return;
        }

        var delivery = session.Messages[0];
        if (++delivery.Count > _maxDeliveries)
        {
            session.Messages.RemoveAt(0);
            Bury(delivery.Message, "MaxDeliveryCountExceeded");
            Kick(session, TimeSpan.Zero);
            return;
        }

        var handle = session.Lock = ++_lock;
        session.Owner = consumer;
        if (world.Faults.Roll(Fault.LockLost))
        {
            LapseAfter(session, handle, world.Faults.Between(0, 3) * world.Faults.Next(2));
        }

        if (defect == Defect.CompletedBeforeHandled)
        {
            session.Messages.RemoveAt(0);
        }

        world.History.Mix(handle);
        world.History.Add(consumer.Process.Name, $"<- {Describe(delivery.Message)} (delivery {delivery.Count})");
        consumer.Process.Start(() => HandleAsync(session, delivery, handle, consumer));
    }

    private async Task HandleAsync(Session session, Delivery delivery, int handle, IConsumer consumer)
    {
        var result = await consumer.Commands.ProcessAsync(delivery.Message, delivery.Count, CancellationToken.None);
        await consumer.Process.CallAsync(() =>
        {
            Settle(session, delivery, handle, consumer, result);
            return true;
        });
    }

    private void Settle(Session session, Delivery delivery, int handle, IConsumer consumer, ProcessResult result)
    {
        world.History.Add(consumer.Process.Name, $"-> {Describe(delivery.Message)}: {Describe(result)}{(session.Lock == handle ? "" : " (lock lost)")}");
        if (session.Lock != handle)
        {
            return;
        }

        var wait = TimeSpan.Zero;
        switch (result)
        {
            case ProcessResult.Done when world.Faults.Roll(Fault.Duplicate):
                // The completion did not arrive: the message is handed over again.
                wait = world.Faults.Between(0, 3);
                break;
            case ProcessResult.Done:
                session.Messages.Remove(delivery);
                break;
            case ProcessResult.Poison poison:
                session.Messages.Remove(delivery);
                Bury(delivery.Message, poison.Reason);
                break;
            case ProcessResult.Retry retry:
                wait = retry.After;
                break;
        }

        session.Lock = 0;
        session.Owner = null;
        Kick(session, wait);
    }

    private void LapseAfter(Session session, int handle, TimeSpan after) => world.Schedule(null, after, () =>
    {
        if (session.Lock == handle && handle != 0)
        {
            world.History.Add("queue", $"lock of session {session.Id} is lost");
            session.Lock = 0;
            session.Owner = null;
            Kick(session, TimeSpan.Zero);
        }
    });

    private void Bury(CommandMessage message, string reason)
    {
        Buried.Add(message.MessageId);
        world.History.Add("queue", $"dead letter: {Describe(message)} {reason}");
        if (defect == Defect.DeadLetterDropped)
        {
            return;
        }

        var letter = new DeadLetter(message, reason);
        _deadLetters.Add(letter);
        world.Schedule(null, world.Latency(), () => DeliverDead(letter));
    }

    private void DeliverDead(DeadLetter letter)
    {
        if (letter.Owner is not null || !_deadLetters.Contains(letter))
        {
            return;
        }

        if (pickConsumer() is not { } consumer)
        {
            world.Schedule(null, AskAgain, () => DeliverDead(letter));
            return;
        }

        letter.Owner = consumer;
        consumer.Process.Start(async () =>
        {
            var result = await consumer.Commands.DeadLetterAsync(letter.Message, letter.Reason, CancellationToken.None);
            await consumer.Process.CallAsync(() =>
            {
                letter.Owner = null;
                if (result is ProcessResult.Done && !world.Faults.Roll(Fault.Duplicate))
                {
                    _deadLetters.Remove(letter);
                }
                else
                {
                    world.Schedule(null, (result as ProcessResult.Retry)?.After ?? AskAgain, () => DeliverDead(letter));
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

    private sealed class Session(string id)
    {
        public string Id => id;

        public List<Delivery> Messages { get; } = [];

        public int Lock { get; set; }

        public IConsumer? Owner { get; set; }

        public bool IsKicked { get; set; }
    }

    private sealed class Delivery(CommandMessage message)
    {
        public CommandMessage Message => message;

        public int Count { get; set; }
    }

    private sealed class DeadLetter(CommandMessage message, string reason)
    {
        public CommandMessage Message => message;

        public string Reason => reason;

        public IConsumer? Owner { get; set; }
    }
}

/// <summary>The queue's sending side as one instance reaches it.</summary>
public sealed class SimSenderPort(World world, SimProcess process, SimQueue queue, Defect defect) : ICommandSender
{
    public async Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        if (defect == Defect.AcceptedBeforeDurable)
        {
            process.Start(() => SendReallyAsync(messages));
            return new SendResult.Accepted();
        }

        return await SendReallyAsync(messages);
    }

    public Task CheckAsync(CancellationToken cancellationToken) => process.CallAsync(() => true);

    private Task<SendResult> SendReallyAsync(IReadOnlyList<CommandMessage> messages)
    {
        if (messages.Count is 0 or > 1000)
        {
            world.Fail("contract", $"A send of {messages.Count} messages");
        }

        return process.CallAsync<SendResult>(() =>
        {
            foreach (var message in messages)
            {
                if (world.Faults.Roll(Fault.SendLost))
                {
                    return new SendResult.Unavailable(TimeSpan.FromSeconds(1), "timed out");
                }

                if (world.Faults.Roll(Fault.SendLate))
                {
                    world.Schedule(null, world.Faults.Between(0, 10), () => queue.Store(message));
                    return new SendResult.Unavailable(TimeSpan.FromSeconds(1), "timed out");
                }

                queue.Store(message);
                if (world.Faults.Roll(Fault.SendStored))
                {
                    return new SendResult.Unavailable(TimeSpan.FromSeconds(1), "timed out");
                }
            }

            return new SendResult.Accepted();
        });
    }
}
