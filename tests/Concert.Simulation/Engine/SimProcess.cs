namespace Concert.Simulation.Engine;

/// <summary>
/// A process: the synchronization context of all its code. When it dies, everything that it would still do is dropped, at whatever await it stands;
/// what it has sent is on its way and arrives.
/// </summary>
public sealed class SimProcess : SynchronizationContext
{
    private readonly World _world;
    private readonly Func<bool>? _crashes;

    /// <param name="world">Where it runs.</param>
    /// <param name="number">Distinct in a run.</param>
    /// <param name="name">For the timeline.</param>
    /// <param name="skew">How far its clock is ahead.</param>
    /// <param name="crashes">Asked before each of its steps; true when it died instead of making the step. Null when it never does.</param>
    public SimProcess(World world, int number, string name, TimeSpan skew, Func<bool>? crashes = null)
    {
        _world = world;
        _crashes = crashes;
        Number = number;
        Name = name;
        Skew = skew;
        Time = new SimTimeProvider(world, this);
    }

    public int Number { get; }

    public string Name { get; }

    public bool IsAlive { get; private set; } = true;

    public long PausedUntil { get; set; }

    public TimeSpan Skew { get; set; }

    public SimTimeProvider Time { get; }

    /// <summary>Makes it die now, by whoever looks after it; null when nothing does.</summary>
    public Action? Crash { get; set; }

    public void Kill() => IsAlive = false;

    public bool TakesDown() => _crashes is not null && _crashes();

    public override void Post(SendOrPostCallback d, object? state) => _world.Enqueue(this, TimeSpan.Zero, d, state);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing waits for another process.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Whether calls that no port takes, and handlers that throw, end the run. Tests of the ports' contracts make some on purpose.</summary>
    public bool IsStrict { get; init; } = true;

    /// <summary>
    /// One call over the network: a leg there, <paramref name="execute"/> in one step at the far end, a leg back. A crash of the caller drops only the
    /// answer; so does its giving up.
    /// </summary>
    public async Task<T> CallAsync<T>(Func<T> execute, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = new TaskCompletionSource<T>();
        _world.Schedule(null, _world.Latency(), () =>
        {
            T value;
            try
            {
                value = execute();
            }
            catch (Exception e)
            {
                if (e is ArgumentException && IsStrict)
                {
                    _world.Fail("contract", $"{Name}: {e.Message}");
                }

                _world.Schedule(this, _world.Latency(), () => answer.TrySetException(e));
                return;
            }

            _world.Schedule(this, _world.Latency(), () => answer.TrySetResult(value));
        });
        using var gaveUp = cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
        return await answer.Task;
    }

    /// <summary>Virtual time passes.</summary>
    public Task DelayAsync(TimeSpan delay)
    {
        var over = new TaskCompletionSource();
        _world.Schedule(this, delay, over.SetResult);
        return over.Task;
    }

    /// <summary>Starts asynchronous work on this process.</summary>
    public void Start(Func<Task> work) => _world.Schedule(this, TimeSpan.Zero, () => Watch(work()));

    private async void Watch(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception e)
        {
            _world.Fail("unhandled", $"{Name}: {e}");
        }
    }
}
