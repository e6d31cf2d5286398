using Concert.Simulation.Faults;

namespace Concert.Simulation.Engine;

/// <summary>What must hold and did not.</summary>
public sealed record Violation(string Rule, string Detail);

/// <summary>
/// Virtual time and the one queue of everything that is to happen. Work at the same moment runs in an order that the seed chooses.
/// All of it runs on the thread that calls <see cref="Run"/>; whatever tries to run elsewhere is reported.
/// </summary>
public sealed class World
{
    private readonly PriorityQueue<Work, (long At, ulong Tie)> _queue = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly SimRandom _order;
    private readonly SimRandom _latency;
    private readonly DateTimeOffset _start;
    private volatile Violation? _violation;
    private long _now;

    public World(ulong seed, DateTimeOffset start, FaultPlan faults, bool record)
    {
        Seed = seed;
        _start = start;
        _order = SimRandom.Stream(seed, "order");
        _latency = SimRandom.Stream(seed, "latency");
        History = new History(this, record);
        Faults = new FaultSource(this, faults);
    }

    public ulong Seed { get; }

    /// <summary>Ticks since the run began.</summary>
    public long Now => _now;

    /// <summary>The true time, which no instance knows.</summary>
    public DateTimeOffset UtcNow => _start.AddTicks(_now);

    public DateTimeOffset TimeAt(long ticks) => _start.AddTicks(ticks);

    public History History { get; }

    public FaultSource Faults { get; }

    public Violation? Violation => _violation;

    public long Steps { get; private set; }

    /// <summary>The first violation counts; the run stops after the step that found it.</summary>
    public void Fail(string rule, string detail)
    {
        if (_violation is null)
        {
            _violation = new Violation(rule, detail);
            History.Add("judge", $"VIOLATION {rule}: {detail}");
        }
    }

    /// <summary>Runs <paramref name="work"/> on the process (null: outside of all of them) after the delay, unless the process dies first.</summary>
    public void Schedule(SimProcess? process, TimeSpan delay, Action work) => Enqueue(process, delay, static state => ((Action)state!)(), work);

    public void Enqueue(SimProcess? process, TimeSpan delay, SendOrPostCallback callback, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            _violation ??= new Violation("one-thread", "Work escaped to another thread:\n" + Environment.StackTrace);
            throw new InvalidOperationException("Work escaped to another thread.");
        }

        var at = _now + Math.Max(0, delay.Ticks);
        _queue.Enqueue(new Work(process, callback, state), (at, _order.Next()));
    }

    /// <summary>Mostly a few milliseconds, sometimes many: what one leg of a network call takes.</summary>
    public TimeSpan Latency() => _latency.Next(20) switch
    {
        < 13 => TimeSpan.FromMicroseconds(200 * _latency.Between(1, 10)),
        < 18 => TimeSpan.FromMilliseconds(_latency.Between(1, 20)),
        18 => TimeSpan.FromMilliseconds(_latency.Between(20, 200)),
        _ when Faults.Roll(Fault.Slow) => TimeSpan.FromMilliseconds(_latency.Between(500, 12_000)),
        _ => TimeSpan.FromMilliseconds(5),
    };

    /// <summary>Runs until <paramref name="done"/>, a violation, or the end of time. False when time ran out.</summary>
    public bool Run(Func<bool> done, TimeSpan until)
    {
        var before = SynchronizationContext.Current;
        try
        {
            while (_violation is null && !done())
            {
                if (!_queue.TryPeek(out _, out var next) || next.At > until.Ticks)
                {
                    _now = Math.Max(_now, until.Ticks);
                    return false;
                }

                var work = _queue.Dequeue();
                _now = next.At;
                Step(work);
            }

            return true;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void Step(Work work)
    {
        var process = work.Process;
        if (process is not null)
        {
            if (!process.IsAlive || process.TakesDown())
            {
                return;
            }

            if (process.PausedUntil > _now)
            {
                _queue.Enqueue(work, (process.PausedUntil, _order.Next()));
                return;
            }
        }

        Steps++;
        History.Mix(process?.Number ?? 0);
        SynchronizationContext.SetSynchronizationContext(process);
        try
        {
            work.Callback(work.State);
        }
        catch (Exception e)
        {
            Fail("unhandled", $"{process?.Name ?? "world"}: {e}");
        }
    }

    private readonly record struct Work(SimProcess? Process, SendOrPostCallback Callback, object? State);
}
