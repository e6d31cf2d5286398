namespace Concert.Testing.Clocks;

/// <summary>The fake clock with timers that fire at once, so that no test waits. Its time stands until it is moved.</summary>
public sealed class HastyTime(DateTimeOffset start) : WatchedTime(start)
{
    protected override ITimer NewTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return System.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
