using Concert.Booking.Messaging;
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

    public Task CheckAsync(CancellationToken cancellationToken) => process.CallAsync(() => true, cancellationToken);

    private Task<SendResult> SendReallyAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken) => process.CallAsync<SendResult>(
        () =>
        {
            SessionQueue.Check(messages);
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
        },
        cancellationToken);
}
