using Concert.Simulation.Cli;
using Concert.Simulation.Sale;
using Shouldly;
using Xunit;

namespace Concert.Simulation.Tests;

[Trait("Rule", "S1"), Trait("Rule", "S2"), Trait("Rule", "S3"), Trait("Rule", "S4"), Trait("Rule", "L1")]
[Trait("Rule", "L2"), Trait("Rule", "L3"), Trait("Rule", "L4"), Trait("Rule", "Q1"), Trait("Rule", "F1")]
[Trait("Rule", "R-INTIME"), Trait("Rule", "R-PERUSER"), Trait("Rule", "R-GATE"), Trait("Rule", "R-DEBIT")]
[Trait("Rule", "R-PRINTED"), Trait("Rule", "R-CHANGE"), Trait("Rule", "R-PAUSE"), Trait("Rule", "R-BLOCK")]
[Trait("Rule", "R-LIST"), Trait("Rule", "R-BEST"), Trait("Rule", "R-TIMER"), Trait("Rule", "R-STATES"), Trait("Rule", "R-WEBHOOK")]
[Trait("Rule", "R-TICKET"), Trait("Rule", "R-USED"), Trait("Rule", "R-PART"), Trait("Rule", "R-CALLOFF"), Trait("Rule", "R-AGAIN")]
public sealed class SeedTests
{
    /// <summary>CONCERT_SIMULATION_SEEDS says how many; a few hundred without it.</summary>
    [Fact]
    public void Run_ManySeeds_BreakNoRule()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("CONCERT_SIMULATION_SEEDS"), out var given) ? given : 300;

        var failures = Sweep.Run(from: 1, count, parallel: 2, seed => SalePlan.Draw(seed), progress: null);

        failures.Select(f => $"seed {f.Plan.Seed}: {f.Violation!.Rule} {f.Violation.Detail}\n{Arguments.Replay(f.Plan)}").ShouldBeEmpty();
    }

    [Fact]
    public void Run_ManySeeds_SellCancelExpireAndRefuse()
    {
        var facts = Enumerable.Range(1, 80).Select(seed => SaleRun.Run(SalePlan.Draw((ulong)seed)).Facts).ToList();

        facts.Sum(f => f.Confirmed).ShouldBeGreaterThan(20);
        facts.Sum(f => f.Cancelled).ShouldBeGreaterThan(10);
        facts.Sum(f => f.Expired).ShouldBeGreaterThan(10);
        facts.Sum(f => f.Rejected).ShouldBeGreaterThan(20);
        facts.Sum(f => f.MovedOn).ShouldBeGreaterThan(2);
    }
}
