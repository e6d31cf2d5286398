using Concert.Booking.Ports;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Concert.Simulation.Ports;

namespace Concert.Simulation.Sale;

/// <summary>Fires the timers: one instance each time, as the platform's lease would have it, but sometimes two, late, or none.</summary>
public sealed class TimerDriver(World world, Cluster cluster)
{
    public void Start(TimeSpan releaseEvery, TimeSpan admitEvery, TimeSpan repairEvery, int receivers)
    {
        Arm("release", releaseEvery, i => i.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None));
        Arm("admit", admitEvery, i => i.Timers.AdmitWaitingAsync(CancellationToken.None));
        Arm("repair", repairEvery, i => i.Timers.RepairPaymentsAsync(CancellationToken.None));
        if (receivers > 0)
        {
            Arm("webhooks", TimeSpan.FromSeconds(5), i => i.Timers.DeliverWebhooksAsync(CancellationToken.None));
        }
    }

    private void Arm(string name, TimeSpan every, Func<Instance, Task<int>> run) => world.Schedule(null, every, () =>
    {
        Arm(name, every, run);
        if (world.Faults.Roll(Fault.TimerSkipped))
        {
            return;
        }

        Fire(name, world.Faults.Roll(Fault.TimerLate) ? world.Faults.Between(0, 20) : TimeSpan.Zero, run);
        if (world.Faults.Roll(Fault.TimerDouble))
        {
            Fire(name, world.Latency(), run);
        }
    });

    private void Fire(string name, TimeSpan after, Func<Instance, Task<int>> run) => world.Schedule(null, after, () =>
    {
        if (cluster.Pick() is { } instance)
        {
            instance.Process.Start(async () =>
            {
                try
                {
                    var count = await run(instance);
                    if (count > 0)
                    {
                        world.History.Add(instance.Process.Name, $"timer {name}: {count}");
                    }
                }
                catch (StoreUnavailableException e)
                {
                    world.History.Add(instance.Process.Name, $"timer {name} failed: {e.Message}");
                }
            });
        }
    });
}

/// <summary>Faults that come by themselves, not at somebody's call: Redis and the clocks.</summary>
public sealed class FaultDriver(World world, Cluster cluster, SimRedis redis, Outside outside)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public void Start() => world.Schedule(null, Every, () =>
    {
        if (world.Faults.AreOver)
        {
            redis.IsAway = false;
            return;
        }

        Start();
        if (world.Faults.Roll(Fault.RedisAway))
        {
            redis.IsAway = true;
            world.Schedule(null, world.Faults.Between(0.5, 30), () => redis.IsAway = false);
        }

        if (world.Faults.Roll(Fault.RedisFlush))
        {
            outside.Gate.Flush();
            outside.Rooms.Flush();
            outside.Caches.Flush();
        }

        if (world.Faults.Roll(Fault.KeyLost))
        {
            outside.Gate.LoseOne();
        }

        if (cluster.Pick() is { } instance && world.Faults.Roll(Fault.ClockJump))
        {
            instance.Process.Skew = cluster.DrawSkew();
            world.History.Add(instance.Process.Name, $"clock jumps to {instance.Process.Skew.TotalSeconds:+0.0;-0.0} s");
        }
    });
}
