namespace Concert.Embedded.Journaling;

/// <summary>Everybody who waits for one block to be durable. They are answered together, each on its own.</summary>
internal sealed class WaitGroup(TimeProvider time, TimeSpan timeout) : IDisposable
{
    private readonly TaskCompletionSource<bool> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;

    /// <summary>True when durable, false when that failed or took too long. Called under the gate; the time runs from the first call.</summary>
    public Task<bool> Wait()
    {
        _timer ??= time.CreateTimer(_ => _outcome.TrySetResult(false), null, timeout, Timeout.InfiniteTimeSpan);
        return _outcome.Task;
    }

    public void Finish(bool isDurable)
    {
        _outcome.TrySetResult(isDurable);
        Dispose();
    }

    public void Dispose() => _timer?.Dispose();
}
