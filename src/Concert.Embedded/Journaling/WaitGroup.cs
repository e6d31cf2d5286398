namespace Concert.Embedded.Journaling;

/// <summary>Everybody who waits for one block to be durable. They are answered together, each on its own.</summary>
internal sealed class WaitGroup(TimeProvider time, TimeSpan timeout) : IDisposable
{
    private TaskCompletionSource<bool>? _outcome;
    private ITimer? _timer;

    /// <summary>
    /// True when durable, false when that failed or took too long. Called under the gate, and not after <see cref="Finish"/>. Those who wait share
    /// the time of the first of them; who comes when it is over begins anew.
    /// </summary>
    public Task<bool> Wait()
    {
        if (_outcome is null or { Task.IsCompleted: true })
        {
            _timer?.Dispose();
            var outcome = _outcome = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _timer = time.CreateTimer(_ => outcome.TrySetResult(false), null, timeout, Timeout.InfiniteTimeSpan);
        }

        return _outcome.Task;
    }

    public void Finish(bool isDurable)
    {
        _outcome?.TrySetResult(isDurable);
        Dispose();
    }

    public void Dispose() => _timer?.Dispose();
}
