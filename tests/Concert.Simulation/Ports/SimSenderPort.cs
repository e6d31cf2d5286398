using Concert.Booking.Ports;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Concert.Simulation.Planted;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Ports;

/// <summary>The queue's sending side as one instance reaches it.</summary>
public sealed class SimSenderPort(World world, SimProcess process, SimQueue queue, Defect defect) : ICommandSender
{
    public async Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        if (defect == Defect.AcceptedBeforeDurable)
        {
            process.Start(() => SendReallyAsync(messages, CancellationToken.None));
            return new SendResult.Accepted();
        }

        return await SendReallyAsync(messages, cancellationToken);
    }

    public Task CheckAsync(CancellationToken cancellationToken) =>
        process.CallAsync(() => queue.IsAway ? throw new StoreUnavailableException("away") : true, cancellationToken);

    private Task<SendResult> SendReallyAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        PendingCommit? repeats = null;
        return process.CallAsync(
            world, () => Send(messages, out repeats), () => defect == Defect.RepeatAnsweredEarly ? null : repeats, TimedOut, cancellationToken);
    }

    /// <param name="messages">What is sent.</param>
    /// <param name="repeats">The first send of one of them, which is not durable: the answer rests on it.</param>
    private SendResult Send(IReadOnlyList<CommandMessage> messages, out PendingCommit? repeats)
    {
        SessionQueue.Check(messages);
        repeats = null;
        if (queue.IsAway)
        {
            return TimedOut();
        }

        foreach (var message in messages)
        {
            if (queue.FindPending(message.MessageId) is { } pending)
            {
                repeats = pending;
                continue;
            }

            if (world.Faults.Roll(Fault.SendPending))
            {
                queue.StorePending(message);
                return TimedOut();
            }

            if (world.Faults.Roll(Fault.SendLost))
            {
                return TimedOut();
            }

            if (world.Faults.Roll(Fault.SendLate))
            {
                world.Schedule(null, world.Faults.Between(0, 10), () => queue.Store(message));
                return TimedOut();
            }

            queue.Store(message);
            if (world.Faults.Roll(Fault.SendStored))
            {
                return TimedOut();
            }
        }

        return new SendResult.Accepted();
    }

    private static SendResult TimedOut() => new SendResult.Unavailable(TimeSpan.FromSeconds(1), "timed out");
}
