using Concert.Simulation.Buyers;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Concert.Simulation.Planted;

namespace Concert.Simulation.Sale;

/// <summary>Everything a seed says about a run before it begins. A shrink makes it smaller; the same plan gives the same history.</summary>
public sealed record SalePlan(
    ulong Seed,
    FaultPlan Faults,
    IReadOnlyList<BuyerPlan> Buyers,
    SaleSettings Settings,
    Defect Defect = Defect.None)
{
    public static SalePlan Draw(ulong seed, Defect defect = Defect.None)
    {
        var settings = SaleSettings.Draw(seed);
        var count = SimRandom.Stream(seed, "buyers").Between(3, 10);
        return new SalePlan(
            seed, FaultPlan.Draw(seed), [.. Enumerable.Range(1, count).Select(n => BuyerPlan.Draw(seed, n, settings))], settings, defect);
    }
}

/// <summary>What most buyers are after.</summary>
public enum Focus
{
    Anything,
    HotSeat,
    Carts,
    Places,
}

/// <summary>The service's settings and the house: small numbers, so that coincidences are common.</summary>
public sealed record SaleSettings
{
    public const string AdminKey = "simulation-admin-key";

    public required int Instances { get; init; }

    public required int Seats { get; init; }

    /// <summary>Seats of a second section, of which buyers have those that are chosen for them; 0 where there is none.</summary>
    public required int MoreSeats { get; init; }

    public required int Places { get; init; }

    public required int SessionsPerSection { get; init; }

    public required TimeSpan HoldFor { get; init; }

    /// <summary>Long enough for the clocks of the run.</summary>
    public required TimeSpan ReleaseGrace { get; init; }

    public required TimeSpan RepairAfter { get; init; }

    public required TimeSpan DoorsOpenIn { get; init; }

    public required int MaxActive { get; init; }

    public required int AdmitPerInterval { get; init; }

    public required TimeSpan ActiveFor { get; init; }

    public required int MaxCommitAttempts { get; init; }

    public required TimeSpan FaultsFor { get; init; }

    public required Focus Focus { get; init; }

    /// <summary>When everybody who is in tries at once, after the run's begin; null when they come as they like.</summary>
    public required TimeSpan? RushAt { get; init; }

    /// <summary>Each concert has a line of its own, and there is another concert.</summary>
    public required bool IsPerConcert { get; init; }

    /// <summary>How long after the sale was set up booking opens; null when it is open from the start. Who comes before is EARLY.</summary>
    public required TimeSpan? OpensAfter { get; init; }

    /// <summary>What staff do to the schedule while it is on sale: so many calls.</summary>
    public required int StaffCalls { get; init; }

    /// <summary>Staff call the schedule off when they have done everything else, so long after it; null for never.</summary>
    public required TimeSpan? CallOffAfter { get; init; }

    /// <summary>Redis has no gate in this run: every race reaches the store.</summary>
    public required bool IsGateOpen { get; init; }

    /// <summary>Other systems that hear of every change.</summary>
    public required int Receivers { get; init; }

    /// <summary>When the run begins.</summary>
    public DateTimeOffset Start { get; init; } = DateTimeOffset.FromUnixTimeMilliseconds(1_770_000_000_000L);

    public static SaleSettings Draw(ulong seed)
    {
        var random = SimRandom.Stream(seed, "settings");
        var faults = FaultPlan.Draw(seed);
        var rush = random.Chance(0.5);
        var room = SimRandom.Stream(seed, "room settings");
        var callOff = SimRandom.Stream(seed, "call-off settings");
        return new SaleSettings
        {
            Instances = random.Between(1, 3),
            Seats = random.Between(1, 6),
            MoreSeats = SimRandom.Stream(seed, "second section").Pick(0, 0, 2, 4),
            Places = random.Between(1, 5),
            SessionsPerSection = random.Pick(1, 2, 128),
            HoldFor = TimeSpan.FromSeconds(random.Pick(4, 20, 60, 300)),
            ReleaseGrace = TimeSpan.FromSeconds(faults.HasSkew || random.Chance(0.3) ? 15 : 1),
            RepairAfter = TimeSpan.FromSeconds(random.Pick(2, 10, 30)),
            DoorsOpenIn = TimeSpan.FromDays(random.Pick(0.5, 2, 5, 20, 20)),
            MaxActive = rush ? 8 : random.Chance(0.5) ? random.Between(1, 2) : random.Between(3, 8),
            AdmitPerInterval = rush ? 8 : random.Chance(0.5) ? random.Between(1, 2) : random.Between(3, 8),
            ActiveFor = TimeSpan.FromSeconds(random.Pick(60, 600, 600)),
            MaxCommitAttempts = random.Pick(2, 16),
            FaultsFor = TimeSpan.FromSeconds(random.Between(20, 500)),
            Focus = random.Pick(Focus.Anything, Focus.Anything, Focus.HotSeat, Focus.Carts, Focus.Places),
            RushAt = rush ? TimeSpan.FromSeconds(random.Pick(3, 8)) : null,
            IsGateOpen = random.Chance(0.4),
            StaffCalls = SimRandom.Stream(seed, "staff settings").Pick(0, 0, 2, 4, 8),
            CallOffAfter = callOff.Chance(0.25) ? TimeSpan.FromSeconds(callOff.Between(1, callOff.Pick(10, 40, 120))) : null,
            IsPerConcert = room.Chance(0.5),
            Receivers = SimRandom.Stream(seed, "receivers").Pick(0, 0, 1, 2),
            OpensAfter = room.Chance(0.5) ? TimeSpan.FromSeconds(room.Pick(2, 6, 15)) : null,
        };
    }

    public IReadOnlyDictionary<string, string?> ToConfiguration() => new Dictionary<string, string?>
    {
        ["WaitingRoom:SigningKey"] = "simulation-signing-key-0123456789abcdef",
        ["WaitingRoom:Scope"] = IsPerConcert ? "Concert" : "Service",
        ["WaitingRoom:MaxActive"] = MaxActive.ToString(),
        ["WaitingRoom:AdmitPerInterval"] = AdmitPerInterval.ToString(),
        ["WaitingRoom:AdmitInterval"] = "00:00:05",
        ["WaitingRoom:ActiveFor"] = ActiveFor.ToString(),
        ["Booking:HoldFor"] = HoldFor.ToString(),
        ["Booking:ReleaseGrace"] = ReleaseGrace.ToString(),
        ["Booking:RepairAfter"] = RepairAfter.ToString(),
        ["Booking:SessionsPerSection"] = SessionsPerSection.ToString(),
        ["Booking:MaxPerUser"] = "4",
        ["Booking:MaxCommitAttempts"] = MaxCommitAttempts.ToString(),
        ["Admin:Key"] = AdminKey,
    };
}
