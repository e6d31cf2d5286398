using Concert.Simulation.Cli;
using Concert.Simulation.Planted;
using Concert.Simulation.Sale;
using Shouldly;
using Xunit;

namespace Concert.Simulation.Tests;

public sealed class PlantedTests
{
    private const int Bound = 1000;

    public static TheoryData<Defect> Defects { get; } = [.. PlantedTable.Defects];

    [Theory]
    [MemberData(nameof(Defects))]
    public void Run_PlantedDefect_IsFound(Defect defect) => PlantedTable.Find(defect, Bound).ShouldNotBeNull();

    [Fact]
    public void Shrink_FailingSeed_KeepsTheRuleAndTakesAwayTheRest()
    {
        var failing = FirstFailing(Defect.LostIncrement);

        var small = Shrinker.Shrink(failing);

        small.Violation!.Rule.ShouldBe(failing.Violation!.Rule);
        Size(small.Plan).ShouldBeLessThan(Size(failing.Plan));
        small.Timeline.ShouldContain(line => line.Contains("VIOLATION"));
    }

    private static int Size(SalePlan plan) => plan.Faults.Probabilities.Count + plan.Buyers.Count;

    [Fact]
    public void Replay_OfAShrunkPlan_GivesTheSameHistory()
    {
        var small = Shrinker.Shrink(FirstFailing(Defect.LostIncrement));

        var words = Arguments.Replay(small.Plan).Split(" -- ")[1].Split(' ');
        var replayed = SaleRun.Run(Arguments.Parse(words)!.Plan(small.Plan.Seed), record: true);

        replayed.Timeline.ShouldBe(small.Timeline);
    }

    private static SaleResult FirstFailing(Defect defect) =>
        Enumerable.Range(1, Bound).Select(seed => SaleRun.Run(SalePlan.Draw((ulong)seed, defect))).First(r => r.Violation is not null);
}
