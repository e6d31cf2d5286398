namespace Concert.Simulation.Engine;

/// <summary>A process's clock: virtual time plus the process's skew. Timers and timestamps measure true intervals, as a monotonic clock does.</summary>
public sealed class SimTimeProvider(World world, SimProcess process) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => world.UtcNow + process.Skew;

    public override long GetTimestamp() => world.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(world, process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SimTimer(World world, SimProcess process, TimerCallback callback, object? state) : ITimer
    {
        private int _setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Arm(setting, dueTime, period);
            }

            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(int setting, TimeSpan dueTime, TimeSpan period) => world.Schedule(process, dueTime, () =>
        {
            if (setting != _setting)
            {
                return;
            }

            if (period > TimeSpan.Zero)
            {
                Arm(setting, period, period);
            }

            callback(state);
        });
    }
}
