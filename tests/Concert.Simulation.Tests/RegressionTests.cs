using Concert.Simulation.Cli;
using Concert.Simulation.Sale;
using Shouldly;
using Xunit;

namespace Concert.Simulation.Tests;

/// <summary>
/// Seeds that broke a rule once. A change to what a seed means (buyers, faults, settings) makes them ordinary seeds: then take the fix out, look for new
/// ones, and put it back.
/// </summary>
public sealed class RegressionTests
{
    /// <summary>A take-over of as many seats as it ended left the seat map's version alone, and the map of before was served.</summary>
    [Theory]
    [InlineData(147)]
    [InlineData(1092)]
    [InlineData(2727)]
    public void TakeOver_OfOtherSeats_ShowsInTheMap(ulong seed) => ShouldHold(seed);

    /// <summary>The ids of all keys changed at the same moment, and a repeat across it was refused for another body.</summary>
    [Theory]
    [InlineData(1019)]
    [InlineData(2378)]
    [InlineData(3036)]
    public void Repeat_AcrossAPeriodOfKeyedIds_GivesTheSameAnswer(ulong seed) => ShouldHold(seed);

    /// <summary>A cart of another session took a hold over while its payment, accepted in time, waited in the hold's own.</summary>
    [Theory]
    [InlineData(411)]
    [InlineData(634)]
    [InlineData(879)]
    public void Payment_AcceptedInTimeAndHandledLate_Counts(ulong seed) => ShouldHold(seed);

    private static void ShouldHold(ulong seed)
    {
        var plan = SalePlan.Draw(seed);

        var violation = SaleRun.Run(plan).Violation;

        violation.ShouldBeNull($"{violation?.Rule}: {violation?.Detail}\n{Arguments.Replay(plan)}");
    }
}
