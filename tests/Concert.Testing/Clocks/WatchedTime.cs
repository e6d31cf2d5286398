using Microsoft.Extensions.Time.Testing;

namespace Concert.Testing.Clocks;

/// <summary>The fake clock, which also says what its timers were asked to wait.</summary>
public class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _waits = [];

    /// <summary>What each timer was to wait at first, in the order they were made.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_lock)
            {
                return [.. _waits];
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // The timer first: who sees the wait may move the time.
        var timer = NewTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            _waits.Add(dueTime);
        }

        return timer;
    }

    protected virtual ITimer NewTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime, period);
}
