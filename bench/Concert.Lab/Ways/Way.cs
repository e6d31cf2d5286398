using Concert.Lab.Judging;
using Concert.Lab.Works;

namespace Concert.Lab.Ways;

/// <summary>One way of controlling concurrency. Many operations at once; everything else one after the other.</summary>
internal abstract class Way : IAsyncDisposable
{
    private long _retries;

    /// <summary>Tries that had to be made again since the last <see cref="PrepareAsync"/>.</summary>
    public virtual long Retries => Volatile.Read(ref _retries);

    /// <summary>Makes the state that the work begins with, and nothing else. Not measured.</summary>
    public async Task PrepareAsync(Work work)
    {
        await ResetAsync(work);
        Volatile.Write(ref _retries, 0);
    }

    /// <summary>True when it was done and is stored as well as this way stores anything; false when it was refused and nothing changed.</summary>
    /// <param name="operation">Of the work that was prepared.</param>
    /// <param name="cancellationToken">The time limit: what has not begun need not; what it cuts off may be done or not.</param>
    public abstract Task<bool> DoAsync(Operation operation, CancellationToken cancellationToken);

    /// <summary>Reads back what is stored.</summary>
    public abstract Task<Evidence> ReadAsync(Work work);

    public abstract ValueTask DisposeAsync();

    protected abstract Task ResetAsync(Work work);

    protected void CountRetry() => Interlocked.Increment(ref _retries);
}
