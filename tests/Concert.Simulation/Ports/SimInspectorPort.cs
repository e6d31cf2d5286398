using Concert.Booking.Ports;
using Concert.Simulation.Engine;

namespace Concert.Simulation.Ports;

/// <summary>The queue as staff of one instance look at it.</summary>
public sealed class SimInspectorPort(SimProcess process, SimQueue queue) : IQueueInspector
{
    public Task<QueueLoad?> MeasureAsync(CancellationToken cancellationToken) =>
        process.CallAsync(() => queue.IsAway ? null : (QueueLoad?)queue.Load, cancellationToken);

    public Task<IReadOnlyList<PendingDeadLetter>> PeekDeadLettersAsync(int limit, CancellationToken cancellationToken) =>
        process.CallAsync<IReadOnlyList<PendingDeadLetter>>(
            () => queue.IsAway
                ? throw new StoreUnavailableException("away")
                : [.. queue.DeadLetters.Take(limit).Select(letter => new PendingDeadLetter(letter.Message, letter.Reason))],
            cancellationToken);
}
