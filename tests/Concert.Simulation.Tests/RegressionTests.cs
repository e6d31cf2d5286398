using Concert.Simulation.Cli;
using Concert.Simulation.Sale;
using Shouldly;
using Xunit;

namespace Concert.Simulation.Tests;

/// <summary>
/// Seeds that break a rule without the fix they are named for. Whatever changes what a seed means (buyers, faults, settings, and also how often the domain
/// reads or writes) makes them ordinary seeds: then take the fix out, look for new ones, and put it back. The tests of the parts keep the fixes meanwhile.
/// </summary>
public sealed class RegressionTests
{
    /// <summary>A take-over of as many seats as it ended left the seat map's version alone, and the map of before was served.</summary>
    [Theory]
    [InlineData(362)]
    [InlineData(411)]
    [InlineData(1097)]
    public void TakeOver_OfOtherSeats_ShowsInTheMap(ulong seed) => ShouldHold(seed);

    /// <summary>A cart of another session took a hold over while its payment, accepted in time, waited in the hold's own.</summary>
    [Theory]
    [InlineData(1196)]
    public void Payment_AcceptedInTimeAndHandledLate_Counts(ulong seed) => ShouldHold(seed);

    /// <summary>A join was on its way to the room while a repeat of it was answered and its token left: it brought the token back.</summary>
    [Theory]
    [InlineData(328)]
    public void Join_OnItsWayWhileItsTokenWasLeft_BringsNothingBack(ulong seed) => ShouldHold(seed);

    /// <summary>
    /// An early join was lost before it was durable, and its token joined after the draw, at the end of the line; the judge put it before the draw.
    /// </summary>
    [Theory]
    [InlineData(557)]
    public void Join_EarlyOneWasLostAndRepeatedAfterTheDraw_ComesAfterIt(ulong seed) => ShouldHold(seed);

    /// <summary>
    /// Joins that were called before the opening, and slow, reached a line that had been flushed after it, in the other order; the judge had them stand by issue time.
    /// </summary>
    [Theory]
    [InlineData(1912)]
    public void Join_CalledBeforeTheOpeningAndAtTheLineAfterIt_StandsWhereItArrives(ulong seed) => ShouldHold(seed);

    private static void ShouldHold(ulong seed)
    {
        var plan = SalePlan.Draw(seed);

        var violation = SaleRun.Run(plan).Violation;

        violation.ShouldBeNull($"{violation?.Rule}: {violation?.Detail}\n{Arguments.Replay(plan)}");
    }
}
