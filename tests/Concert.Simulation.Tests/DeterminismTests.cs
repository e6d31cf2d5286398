using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Concert.Simulation.Sale;
using Shouldly;
using Xunit;

namespace Concert.Simulation.Tests;

public sealed class DeterminismTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(145)]
    [InlineData(2716)]
    public void Run_SameSeedTwice_GivesTheSameHistoryToTheByte(ulong seed)
    {
        var first = SaleRun.Run(SalePlan.Draw(seed), record: true);
        var second = SaleRun.Run(SalePlan.Draw(seed), record: true);

        first.Timeline.Count.ShouldBeGreaterThan(50);
        second.Timeline.ShouldBe(first.Timeline);
        second.Hash.ShouldBe(first.Hash);
    }

    [Fact]
    public void Run_Unrecorded_GivesTheHashOfTheRecorded() =>
        SaleRun.Run(SalePlan.Draw(5)).Hash.ShouldBe(SaleRun.Run(SalePlan.Draw(5), record: true).Hash);

    [Fact]
    public void Run_OtherSeed_GivesAnotherHistory() =>
        SaleRun.Run(SalePlan.Draw(5)).Hash.ShouldNotBe(SaleRun.Run(SalePlan.Draw(6)).Hash);

    [Fact]
    public void World_WorkThatLeavesTheThread_IsAViolation()
    {
        var world = new World(1, DateTimeOffset.UnixEpoch, FaultPlan.None, record: false);
        var process = new SimProcess(world, 1, "process", TimeSpan.Zero);

        var thread = new Thread(() => Should.Throw<InvalidOperationException>(() => process.Post(_ => { }, null)));
        thread.Start();
        thread.Join();

        world.Violation!.Rule.ShouldBe("one-thread");
    }
}
