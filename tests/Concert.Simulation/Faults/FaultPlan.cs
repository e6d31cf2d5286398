using Concert.Simulation.Engine;

namespace Concert.Simulation.Faults;

/// <summary>Everything that goes wrong.</summary>
public enum Fault
{
    // Network and processes.
    Slow,
    AnswerLost,
    Crash,
    CrashAtCommit,
    Pause,
    ClockSkew,
    ClockJump,

    // Store.
    ReadUnavailable,
    ReadThrottled,
    CommitConflict,
    CommitConflictApplied,
    CommitThrottled,
    CommitUnavailable,
    CommitLost,
    CommitApplied,
    CommitLate,
    StaleDue,

    // Queue.
    SendLost,
    SendStored,
    SendLate,
    Duplicate,
    LockLost,
    DeliveryLate,
    FewDeliveries,

    // Redis.
    RedisAway,
    RedisFlush,
    KeyLost,
    GateShort,

    // Timers.
    TimerSkipped,
    TimerDouble,
    TimerLate,

    // Decided and not durable for a while: then it is, or a crash has taken it back.
    SendPending,
    RoomPending,

    // Receivers of webhooks.
    ReceiverAway,
    ReceiverRefuses,
    ReceiverAnswerLost,
}

/// <summary>Which faults a run has, and how likely each is. What a shrink takes away is taken away here.</summary>
public sealed record FaultPlan(IReadOnlyDictionary<Fault, double> Probabilities, int Budget)
{
    public static FaultPlan None { get; } = new(new Dictionary<Fault, double>(), 0);

    /// <summary>Swarm testing: each seed has a random subset of the faults, so that no fault always drowns what another would show.</summary>
    public static FaultPlan Draw(ulong seed)
    {
        var random = SimRandom.Stream(seed, "fault plan");
        var probabilities = new Dictionary<Fault, double>();
        var share = random.Pick(0.0, 0.15, 0.3, 0.5, 0.7, 0.9);
        foreach (var fault in Enum.GetValues<Fault>())
        {
            var on = random.Chance(share);
            var probability = Scale(fault) * random.Pick(0.3, 1.0, 3.0);
            if (on)
            {
                probabilities[fault] = probability;
            }
        }

        return new FaultPlan(probabilities, int.MaxValue);
    }

    public FaultPlan Without(Fault fault) => this with
    {
        Probabilities = Probabilities.Where(p => p.Key != fault).ToDictionary(p => p.Key, p => p.Value),
    };

    /// <summary>Clocks of the run may differ.</summary>
    public bool HasSkew => Has(Fault.ClockSkew) || Has(Fault.ClockJump);

    public bool Has(Fault fault) => Probabilities.ContainsKey(fault);

    /// <summary>How likely one chance is; chances come at very different rates.</summary>
    private static double Scale(Fault fault) => fault switch
    {
        Fault.Slow => 0.3,
        Fault.ReceiverAway => 0.02,
        Fault.ReceiverRefuses or Fault.ReceiverAnswerLost => 0.1,
        Fault.Crash or Fault.Pause => 0.001,
        Fault.CrashAtCommit => 0.02,
        Fault.ClockSkew or Fault.FewDeliveries => 1,
        Fault.ClockJump or Fault.RedisAway or Fault.RedisFlush => 0.05,
        Fault.KeyLost or Fault.GateShort => 0.15,
        Fault.StaleDue or Fault.TimerSkipped or Fault.TimerDouble or Fault.TimerLate => 0.2,
        Fault.Duplicate or Fault.LockLost or Fault.DeliveryLate => 0.1,
        Fault.ReadUnavailable or Fault.ReadThrottled => 0.01,
        _ => 0.03,
    };
}

/// <summary>The chances of a run.</summary>
public sealed class FaultSource(World world, FaultPlan plan)
{
    private readonly SimRandom _random = SimRandom.Stream(world.Seed, "faults");

    /// <summary>One stream a fault, so that a shrink that takes one away does not move all others.</summary>
    private readonly SimRandom[] _chances = [.. Enum.GetValues<Fault>().Select(f => SimRandom.Stream(world.Seed, "chance", (int)f))];
    private readonly double[] _probability = [.. Enum.GetValues<Fault>().Select(f => plan.Probabilities.GetValueOrDefault(f))];
    private int _left = plan.Budget;

    public FaultPlan Plan => plan;

    /// <summary>Before they begin, and once they stopped.</summary>
    public bool AreOver { get; private set; } = true;

    /// <summary>How many faults happened.</summary>
    public int Count { get; private set; }

    public void Begin() => AreOver = false;

    public void Stop() => AreOver = true;

    /// <summary>Whether the fault happens now.</summary>
    public bool Roll(Fault fault)
    {
        var probability = _probability[(int)fault];
        if (probability == 0 || AreOver || !_chances[(int)fault].Chance(probability) || _left == 0)
        {
            return false;
        }

        _left--;
        Count++;
        world.History.Mix((int)fault);
        world.History.Add("fault", $"{fault}");
        return true;
    }

    public TimeSpan Between(double minSeconds, double maxSeconds) =>
        _random.Between(TimeSpan.FromSeconds(minSeconds), TimeSpan.FromSeconds(maxSeconds));

    public int Next(int max) => _random.Next(max);
}
