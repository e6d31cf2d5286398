namespace Concert.Embedded.Messaging;

/// <summary>Wakes whoever waits for work. Take <see cref="Next"/> before looking for work, so that nothing set in between is missed.</summary>
internal sealed class WorkSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _next;

    /// <summary>Completes at the next <see cref="Set"/>.</summary>
    public Task Next
    {
        get
        {
            lock (_gate)
            {
                _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _next.Task;
            }
        }
    }

    public void Set()
    {
        lock (_gate)
        {
            _next?.SetResult();
            _next = null;
        }
    }
}
