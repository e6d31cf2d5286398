using System.Collections.Concurrent;
using Concert.Booking.Ports;

namespace Concert.Contracts;

/// <summary>A processor that writes down what it gets and answers as told.</summary>
public sealed class ScriptedProcessor : ICommandProcessor
{
    private readonly ConcurrentQueue<(CommandMessage Message, int DeliveryCount)> _seen = new();
    private readonly ConcurrentQueue<(CommandMessage Message, string Reason)> _dead = new();

    /// <summary>Deliveries in the order they began.</summary>
    public IReadOnlyList<(CommandMessage Message, int DeliveryCount)> Seen => [.. _seen];

    /// <summary>Dead letters in the order they came, repeats included.</summary>
    public IReadOnlyList<(CommandMessage Message, string Reason)> Dead => [.. _dead];

    public Func<CommandMessage, int, CancellationToken, Task<ProcessResult>> OnProcess { get; set; } =
        (_, _, _) => Task.FromResult<ProcessResult>(new ProcessResult.Done());

    public Func<CommandMessage, ProcessResult> OnDead { get; set; } = _ => new ProcessResult.Done();

    public Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken)
    {
        _seen.Enqueue((message, deliveryCount));
        return OnProcess(message, deliveryCount, cancellationToken);
    }

    public Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken)
    {
        _dead.Enqueue((message, reason));
        return Task.FromResult(OnDead(message));
    }
}
