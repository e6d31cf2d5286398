using System.Reflection;
using Concert.Concurrency.Tests.Exploration;
using Concert.Concurrency.Tests.Planted;
using Shouldly;
using Xunit;

namespace Concert.Concurrency.Tests;

/// <summary>
/// Races between the threads of one instance, which the simulation's one thread cannot have: Coyote runs small scenarios over the production sources and
/// decides who goes on at every step. The planted ones show that it can find them.
/// </summary>
public sealed class ExplorationTests
{
    private static readonly Lazy<Assembly> Production = new(() => ExploredAssembly.Load(null));

    public static TheoryData<string> Scenarios => [.. Explorer.Scenarios];

    public static TheoryData<string> Planted => [.. PlantedRaces.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Explore_Production_NoScheduleBreaksIt(string scenario)
    {
        var finding = Explorer.Explore(Production.Value, scenario);

        finding.Bug.ShouldBeNull(Explorer.Describe(scenario, finding));
        finding.Schedules.ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(Planted))]
    public void Explore_Planted_IsFound(string name)
    {
        var defect = PlantedRaces.All.Single(p => p.Name == name);

        var finding = Explorer.Explore(ExploredAssembly.Load(defect), defect.Scenario);

        finding.Bug.ShouldNotBeNull($"{name} was not found within {finding.Before + finding.Schedules} schedules");
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: schedule {finding.Before + finding.Schedules}: {finding.Bug}");
    }

    [Fact]
    public void Explore_SameSeed_FindsTheSameInTheSameSchedule()
    {
        var defect = PlantedRaces.All[0];
        var explored = ExploredAssembly.Load(defect);

        Explorer.Explore(explored, defect.Scenario).ShouldBe(Explorer.Explore(explored, defect.Scenario));
    }
}
