namespace Concert.Booking.Ports;

/// <summary>Looks at the command queue for staff, and takes nothing off it.</summary>
public interface IQueueInspector
{
    /// <summary>
    /// The commands on their way; null when the broker does not say, for whatever reason. May be some seconds old. Never throws but for cancellation.
    /// </summary>
    Task<QueueLoad?> MeasureAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Dead letters whose outcome is not written yet, the oldest first. One whose outcome was written a moment ago may still be among them.
    /// Throws <see cref="StoreUnavailableException"/> when the broker cannot be asked.
    /// </summary>
    /// <param name="limit">1 to 100.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<IReadOnlyList<PendingDeadLetter>> PeekDeadLettersAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>The commands on their way.</summary>
/// <param name="Depth">Commands without an outcome, those being handled included and dead letters not.</param>
/// <param name="OldestAge">How long ago the oldest of them was sent; null when there is none, or when the broker does not say.</param>
public sealed record QueueLoad(long Depth, TimeSpan? OldestAge);

/// <summary>A command that was given up and has no outcome yet.</summary>
/// <param name="Message">As it was sent.</param>
/// <param name="Reason">Why it was given up.</param>
public sealed record PendingDeadLetter(CommandMessage Message, string Reason);
