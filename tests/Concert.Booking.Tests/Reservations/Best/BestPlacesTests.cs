using Concert.Booking.Catalog;
using Concert.Booking.Reservations.Best;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations.Best;

/// <summary>Which places are the best, told by example: <see cref="BestPlacesProperties"/> has the rule.</summary>
[Trait("Rule", "R-BEST")]
public sealed class BestPlacesTests
{
    [Fact]
    public void Choose_EmptyRow_TakesTheMiddle() => Choose(Row("A", 1, 10), [], 4).ShouldBe([4, 5, 6, 7]);

    [Fact]
    public void Choose_BestRowHasRoom_TakesItBeforeABetterMiddle() =>
        Choose([.. Row("1", 1, 10), .. Row("2", 11, 20)], [3, 4, 5, 6, 7, 8], 2).ShouldBe([1, 2]);

    [Theory]
    [InlineData(new[] { 6, 7, 8, 9, 10 }, new[] { 1, 2, 3, 4 }, new[] { 11, 12, 13, 14 })]
    [InlineData(new[] { 1, 4, 5, 6, 7, 8, 9, 10 }, new[] { 2, 3 }, new[] { 2, 3 })]
    public void Choose_SinglePlaceWouldBeLeft_GoesElsewhere(int[] taken, int[] worse, int[] best)
    {
        // Row 1 has five places free, or two; row 2 is only as long as it has to be.
        SeatRun[] rows = [.. Row("1", 1, 10), .. Row("2", 11, 14)];
        Choose(rows, taken, worse.Length).ShouldBe(best);
    }

    [Fact]
    public void Choose_SinglePlaceIsLeftWhereverTheySit_TakesThemAllTheSame() => Choose(Row("1", 1, 3), [], 2).ShouldBe([1, 2]);

    [Fact]
    public void Choose_NumberIsLeftOut_SeatsNobodyAcrossTheAisle()
    {
        SeatRun[] runs = [.. Row("1", 1, 3), new SeatRun(4, 6, 1) { Row = "1", First = 5 }];
        Choose(runs, [], 4, together: true).ShouldBeNull();
        Choose(runs, [], 3).ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData("12", "12A", true)]
    [InlineData("12A", "12B", true)]
    [InlineData("12B", "13", true)]
    [InlineData("A9", "A10", true)]
    [InlineData("East", "West", true)]
    [InlineData("A9", "B10", false)]
    [InlineData("12", "14", false)]
    [InlineData("A9", "B", false)]
    public void Choose_Labels_SayWhoAreNeighbours(string left, string right, bool areNeighbours)
    {
        SeatRun[] runs = [new SeatRun(1, 1, 1) { Label = left }, new SeatRun(2, 2, 1) { Label = right }];
        (Choose(runs, [], 2, together: true) is not null).ShouldBe(areNeighbours);
    }

    [Fact]
    public void Choose_Grade_TakesNoOther()
    {
        SeatRun[] runs = [new SeatRun(1, 4, null) { Grade = "R" }, new SeatRun(5, 8, null) { Grade = "S" }];

        // Nearer to the middle is 5, whose row goes on to the left with places of the other grade; 8 would be left alone.
        Choose(runs, [], 3, "S").ShouldBe([6, 7, 8]);
        Choose(runs, [], 5, "S").ShouldBeNull();
        Choose(runs, [], 2, "VIP").ShouldBeNull();
    }

    [Fact]
    public void Choose_NotSideBySide_TakesTheFewestGroupsUnlessTheyInsist()
    {
        // 1 and 2, 4, 6, 8, 9 and 10 are free.
        SeatRun[] row = Row("1", 1, 10);
        Choose(row, [3, 5, 7], 5).ShouldBe([1, 2, 8, 9, 10]);
        Choose(row, [3, 5, 7], 5, together: true).ShouldBeNull();
        Choose(row, [3, 5, 7], 8).ShouldBeNull();
    }

    [Fact]
    public void Choose_FourAfterFour_SeatsEverybodyInAHouseOfAThousand()
    {
        var plan = new SectionPlan("1", "Stalls", [new SeatRun(1, 1_000, 1)]);
        var taken = new HashSet<int>();
        for (var buyer = 0; buyer < 250; buyer++)
        {
            taken.UnionWith(BestPlaces.Choose(plan, taken, 4, null, together: false).ShouldNotBeNull().Keys);
            taken.Count.ShouldBe(4 * (buyer + 1));
        }

        BestPlaces.Choose(plan, taken, 1, null, together: false).ShouldBeNull();
    }

    private static SeatRun[] Row(string row, int from, int to) => [new SeatRun(from, to, 1) { Row = row }];

    private static IReadOnlyList<int>? Choose(IReadOnlyList<SeatRun> runs, int[] taken, int count, string? grade = null, bool together = false) =>
        BestPlaces.Choose(new SectionPlan("1", "Stalls", runs), taken.ToHashSet(), count, grade, together)?.Keys;
}
