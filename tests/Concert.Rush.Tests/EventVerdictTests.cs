using Concert.Rush.Judging;
using Concert.Rush.Listening;
using Shouldly;
using Xunit;
using static Concert.Rush.Tests.GoodEvidence;

namespace Concert.Rush.Tests;

/// <summary>r1 was held, r2 was held and sold, r3 was refused: three events.</summary>
public sealed class EventVerdictTests
{
    private static readonly EventFact Held1 = new("evt_r1_2", "reservation.held", "r1");
    private static readonly EventFact Held2 = new("evt_r2_2", "reservation.held", "r2");
    private static readonly EventFact Sold2 = new("evt_r2_4", "reservation.confirmed", "r2");

    [Fact]
    public void Events_AllInOrder_AreKept()
    {
        EventVerdict.Expected(GoodDrill()).ShouldBe([("r1", "reservation.held"), ("r2", "reservation.held"), ("r2", "reservation.confirmed")], ignoreOrder: true);
        EventVerdict.EveryOutcomeArrived(GoodDrill(), [Held2, Held1, Sold2], []).Kept.ShouldBeTrue();
    }

    [Fact]
    public void Events_AgainAndOfOthers_AreKept() =>
        EventVerdict.EveryOutcomeArrived(GoodDrill(), [Held2, Held1, Held2, Sold2, Held1, new EventFact("evt_x_2", "reservation.held", "x")], []).Kept.ShouldBeTrue();

    [Fact]
    public void Event_Missing_IsBroken() => ShouldBreak("reservation.confirmed of r2 did not arrive", [Held1, Held2]);

    [Fact]
    public void Event_OfWhatDidNotHappen_IsBroken() =>
        ShouldBreak("reservation.expired of r1 arrived and did not happen", [Held1, Held2, Sold2, new EventFact("evt_r1_3", "reservation.expired", "r1")]);

    [Fact]
    public void Events_OutOfOrder_AreBroken() => ShouldBreak("the events of r2 came in the order 4, 2", [Held1, Sold2, Held2]);

    [Fact]
    public void Request_UnderAWrongSignature_IsBroken() => ShouldBreak("no matching signature", [Held1, Held2, Sold2], "no matching signature");

    private static void ShouldBreak(string detail, EventFact[] events, params string[] faults)
    {
        var verdict = EventVerdict.EveryOutcomeArrived(GoodDrill(), events, faults);
        verdict.Kept.ShouldBeFalse();
        verdict.Detail.ShouldContain(detail);
    }
}
