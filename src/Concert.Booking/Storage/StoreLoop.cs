using Concert.Booking.Ports;
using Concert.Booking.Telemetry;

namespace Concert.Booking.Storage;

/// <summary>The writes that one attempt decided on, and their outcome once they are committed.</summary>
/// <param name="Operations">Empty when there is nothing to write.</param>
/// <param name="Outcome">The outcome once they are written.</param>
public readonly record struct Attempt<T>(IReadOnlyList<DocumentOperation> Operations, T Outcome);

/// <summary>Something to decide about the documents of one partition, until it is written or there is nothing to write.</summary>
public abstract class Decider<T>(PartitionRef partition)
{
    public PartitionRef Partition => partition;

    /// <summary>Reads and decides; must find its own work done when it runs again.</summary>
    public abstract Task<Attempt<T>> DecideAsync(CancellationToken cancellationToken);

    /// <summary>Writes what was decided last.</summary>
    public virtual Task<CommitResult> CommitAsync(IDocumentStore store, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken) =>
        store.CommitAsync(partition, operations, cancellationToken);

    /// <summary>The outcome, now that it is written under these ETags.</summary>
    public virtual T Written(Attempt<T> attempt, IReadOnlyList<string> etags) => attempt.Outcome;
}

/// <summary>
/// Load, decide, commit; on a conflict load and decide again, bounded and with jitter; on a throttle wait what the store asks;
/// on a lost answer look again instead of assuming.
/// </summary>
public sealed class StoreLoop(IDocumentStore store, TimeProvider time, IRandomSource random)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    /// <summary>Runs <paramref name="decide"/> until its operations are committed. Throws <see cref="StoreUnavailableException"/> when attempts run out.</summary>
    /// <param name="partition">Where the operations go.</param>
    /// <param name="maxAttempts">At least 1.</param>
    /// <param name="decide">Reads and decides; must find its own work done when it runs again.</param>
    /// <param name="cancellationToken">Gives up between attempts.</param>
    public Task<T> RunAsync<T>(
        PartitionRef partition, int maxAttempts, Func<CancellationToken, Task<Attempt<T>>> decide, CancellationToken cancellationToken) =>
        RunAsync(new Simple<T>(partition, decide), maxAttempts, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>
    /// The same, but a store that throttles or is away is waited for no longer than <paramref name="patience"/>, and not at all when it asks for more:
    /// somebody stands at the other end and is better told to come back.
    /// </summary>
    public Task<T> RunAsync<T>(
        PartitionRef partition, int maxAttempts, TimeSpan patience, Func<CancellationToken, Task<Attempt<T>>> decide, CancellationToken cancellationToken) =>
        RunAsync(new Simple<T>(partition, decide), maxAttempts, patience, cancellationToken);

    /// <summary>The same for what has more to say than its decision.</summary>
    public async Task<T> RunAsync<T>(Decider<T> decider, int maxAttempts, TimeSpan patience, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var wait = TimeSpan.Zero;
        for (var attempt = 1; ; attempt++)
        {
            var next = await decider.DecideAsync(cancellationToken);
            if (next.Operations.Count == 0)
            {
                return next.Outcome;
            }

            string detail;
            var isAway = true;
            TimeSpan? retryAfter = null;
            switch (await decider.CommitAsync(store, next.Operations, cancellationToken))
            {
                case CommitResult.Committed committed:
                    return decider.Written(next, committed.ETags);
                case CommitResult.Conflict conflict:
                    BookingTelemetry.Conflicts.Add(1, new KeyValuePair<string, object?>("kind", conflict.Kind.ToString()));
                    isAway = false;
                    detail = $"{decider.Partition}: still conflicting ({conflict.Kind})";
                    // The winner is done, so the first look again need not wait; more conflicts mean many writers, which are spread.
                    wait = attempt == 1 ? TimeSpan.Zero : Jitter(TimeSpan.FromMilliseconds(Math.Min(4 << Math.Min(attempt, 7), 250)));
                    break;
                case CommitResult.Throttled throttled:
                    detail = $"{decider.Partition}: throttled";
                    retryAfter = throttled.RetryAfter;
                    wait = Min(throttled.RetryAfter, MaxWait) + Jitter(TimeSpan.FromMilliseconds(50));
                    break;
                case CommitResult.Unavailable unavailable:
                    detail = $"{decider.Partition}: {unavailable.Detail}";
                    wait = Jitter(TimeSpan.FromMilliseconds(Math.Min(50 << Math.Min(attempt, 5), 1000)));
                    break;
                case var unknown:
                    throw new InvalidOperationException($"Unknown commit result {unknown}.");
            }

            var isTooLong = isAway && patience != Timeout.InfiniteTimeSpan && time.GetElapsedTime(start) + (retryAfter ?? wait) > patience;
            if (isTooLong || attempt >= maxAttempts)
            {
                throw new StoreUnavailableException(detail, retryAfter);
            }

            BookingTelemetry.Retries.Add(1);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private TimeSpan Jitter(TimeSpan upTo) => upTo * random.NextDouble();

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed class Simple<T>(PartitionRef partition, Func<CancellationToken, Task<Attempt<T>>> decide) : Decider<T>(partition)
    {
        public override Task<Attempt<T>> DecideAsync(CancellationToken cancellationToken) => decide(cancellationToken);
    }
}
