using Concert.Booking.Ports;
using Concert.Simulation.Buyers;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Concert.Simulation.Planted;
using Microsoft.Extensions.Configuration;

namespace Concert.Simulation.Sale;

/// <summary>The instances behind one address: started, killed, paused, and called.</summary>
public sealed class Cluster : IDisposable
{
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(10);

    private readonly World _world;
    private readonly SimRandom _random;
    private readonly Outside _outside;
    private readonly IConfiguration _configuration;
    private readonly Defect _defect;
    private readonly Instance?[] _slots;
    private readonly List<Instance> _all = [];
    private readonly List<PendingCall> _calls = [];
    private int _processes;

    public Cluster(World world, SalePlan plan, Outside outside)
    {
        _world = world;
        _random = SimRandom.Stream(plan.Seed, "cluster");
        _configuration = new ConfigurationBuilder().AddInMemoryCollection(plan.Settings.ToConfiguration()).Build();
        _defect = plan.Defect;
        _slots = new Instance?[plan.Settings.Instances];
        _outside = outside;
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            Start(slot);
        }
    }

    public IEnumerable<Instance> Alive => _slots.OfType<Instance>();

    /// <summary>After the last step of the run, also of those that died in it.</summary>
    public void Dispose() => _all.ForEach(i => i.Dispose());

    /// <summary>Any live instance, as a load balancer or the queue's trigger would choose; null when none is up.</summary>
    public Instance? Pick()
    {
        var alive = Alive.ToArray();
        return alive.Length == 0 ? null : alive[_random.Next(alive.Length)];
    }

    /// <summary>One request and its answer; a timeout, a reset and a lost answer all look the same to the caller.</summary>
    public Task<Answer<T>> CallAsync<T>(SimProcess client, Func<Instance, Task<Answer<T>>> operation)
    {
        var answer = new TaskCompletionSource<Answer<T>>();
        PendingCall? call = null;
        _world.Schedule(null, _world.Latency(), () =>
        {
            if (Pick() is not { } instance)
            {
                _world.Schedule(client, _world.Latency(), () => answer.TrySetResult(new Answer<T>(AnswerKind.Unknown)));
                return;
            }

            call = new PendingCall(instance.Process, () => _world.Schedule(client, _world.Latency(), () => answer.TrySetResult(new Answer<T>(AnswerKind.Unknown))));
            _calls.Add(call);
            instance.Process.Start(async () =>
            {
                Answer<T> result;
                try
                {
                    result = await operation(instance);
                }
                catch (StoreUnavailableException)
                {
                    result = new Answer<T>(AnswerKind.Unknown);
                }

                _calls.Remove(call);
                if (!_world.Faults.Roll(Fault.AnswerLost))
                {
                    _world.Schedule(client, _world.Latency(), () => answer.TrySetResult(result));
                }
            });
        });
        _world.Schedule(client, ClientTimeout, () => answer.TrySetResult(new Answer<T>(AnswerKind.Unknown)));
        return answer.Task;
    }

    public void Heal()
    {
        foreach (var instance in Alive)
        {
            instance.Process.PausedUntil = 0;
            instance.Process.Skew = TimeSpan.Zero;
        }
    }

    /// <summary>Skew stays within five seconds of true time, so that two clocks are never more than ten apart.</summary>
    public TimeSpan DrawSkew() => _random.Between(TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(5));

    private void Start(int slot)
    {
        var skew = _world.Faults.Plan.Has(Fault.ClockSkew) && !_world.Faults.AreOver ? DrawSkew() : TimeSpan.Zero;
        var number = ++_processes;
        SimProcess? process = null;
        process = new SimProcess(_world, number, $"{(char)('A' + slot)}{number}", skew, () => Falter(slot, process!));
        process.Crash = () => Kill(slot, process);
        var instance = new Instance(_world, process, _outside, _configuration, _defect);
        _all.Add(instance);
        _slots[slot] = instance;
        _world.History.Add(process.Name, $"starts, clock {skew.TotalSeconds:+0.0;-0.0} s");
    }

    /// <summary>Before a step of an instance: it may die instead, or stand still for a while.</summary>
    private bool Falter(int slot, SimProcess process)
    {
        if (_world.Faults.Roll(Fault.Crash))
        {
            Kill(slot, process);
            return true;
        }

        if (process.PausedUntil <= _world.Now && _world.Faults.Roll(Fault.Pause))
        {
            process.PausedUntil = _world.Now + _world.Faults.Between(0.05, 40).Ticks;
            _world.History.Add(process.Name, $"stands still for {TimeSpan.FromTicks(process.PausedUntil - _world.Now).TotalSeconds:0.0} s");
            _outside.Queue.ConsumerDied(_slots[slot]!, TimeSpan.FromSeconds(10));
        }

        return false;
    }

    private void Kill(int slot, SimProcess process)
    {
        if (!process.IsAlive)
        {
            return;
        }

        _world.History.Add(process.Name, $"dies");
        process.Kill();
        var instance = _slots[slot]!;
        _slots[slot] = null;
        _outside.Queue.ConsumerDied(instance, _world.Faults.Between(0, 30));
        foreach (var call in _calls.Where(c => c.Server == process).ToList())
        {
            _calls.Remove(call);
            call.Reset();
        }

        _world.Schedule(null, _world.Faults.Between(0.1, 15), () => Start(slot));
    }

    private sealed record PendingCall(SimProcess Server, Action Reset);
}
