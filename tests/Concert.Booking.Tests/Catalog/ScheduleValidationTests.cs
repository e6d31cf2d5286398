using System.Text.Json;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Catalog;

[Trait("Rule", "R-SCHEDULE"), Trait("Rule", "R-PRINTED")]
public sealed class ScheduleValidationTests
{
    private static readonly NewSchedule Right = new(
        World.ConcertId,
        World.Start.AddDays(30),
        World.Start.AddDays(31),
        World.Start,
        World.Start.AddDays(20),
        [new NewSection("Stalls", Json("""{"from":1,"to":10,"price":50000}"""))],
        [new NewInventory("Floor", 100, 30_000)]);

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static NewSchedule WithSeats(string json) => Right with { Sections = [new NewSection("Stalls", Json(json))] };

    private static void ShouldBeRefused(NewSchedule schedule, string about)
    {
        var refusal = ScheduleValidation.Check(schedule).Refusal;
        refusal.ShouldNotBeNull();
        refusal.Code.ShouldBe(RefusalCode.InvalidRequest);
        refusal.Detail.ShouldContain(about);
    }

    [Fact]
    public void Check_Right_GivesSectionsAndInventoriesTheirKeys()
    {
        var valid = ScheduleValidation.Check(Right with
        {
            Sections = [new NewSection(" Stalls ", Right.Sections![0].Seats), new NewSection("Balcony", Right.Sections[0].Seats)],
            Inventories = [new NewInventory("Floor ", 100, 30_000), new NewInventory("Terrace", 1, 0)],
        }).Value;

        valid.Sections.Select(s => (s.Key, s.Name)).ShouldBe([("1", "Stalls"), ("2", "Balcony")]);
        valid.Sections[0].Runs.ShouldBe([new SeatRun(1, 10, 50_000)]);
        valid.Inventories.ShouldBe([new InventoryPlan("g1", "Floor", 100, 30_000), new InventoryPlan("g2", "Terrace", 1, 0)]);
        valid.OpenAt.ShouldBe(Right.OpenAt!.Value);
        valid.CloseAt.ShouldBe(Right.CloseAt!.Value);
        valid.BookingStartAt.ShouldBe(Right.BookingStartAt!.Value);
        valid.BookingEndAt.ShouldBe(Right.BookingEndAt!.Value);
    }

    [Fact]
    public void Check_SeatsOneByOne_AreSortedAndJoinedIntoRuns()
    {
        var valid = ScheduleValidation.Check(WithSeats(
            """[{"number":4,"price":7},{"number":1,"price":5},{"number":3,"price":7},{"number":2,"price":5},{"number":6,"price":7}]""")).Value;

        valid.Sections[0].Runs.ShouldBe([new SeatRun(1, 2, 5), new SeatRun(3, 4, 7), new SeatRun(6, 6, 7)]);
        valid.Sections[0].SeatCount.ShouldBe(5);
    }

    [Fact]
    public void Check_OnlySectionsOrOnlyInventories_IsEnough()
    {
        ScheduleValidation.Check(Right with { Sections = null }).Refusal.ShouldBeNull();
        ScheduleValidation.Check(Right with { Inventories = null }).Refusal.ShouldBeNull();
        ShouldBeRefused(Right with { Sections = null, Inventories = [] }, "1 to 1000");
    }

    [Fact]
    public void Check_TimesMissingOrReversed_IsRefused()
    {
        ShouldBeRefused(Right with { OpenAt = null }, "openAt");
        ShouldBeRefused(Right with { CloseAt = null }, "closeAt");
        ShouldBeRefused(Right with { BookingStartAt = null }, "bookingStartAt");
        ShouldBeRefused(Right with { BookingEndAt = null }, "bookingEndAt");
        ShouldBeRefused(Right with { CloseAt = Right.OpenAt }, "before closeAt");
        ShouldBeRefused(Right with { BookingEndAt = Right.BookingStartAt }, "before bookingEndAt");
        ShouldBeRefused(Right with { BookingEndAt = Right.CloseAt!.Value.AddTicks(1) }, "not after closeAt");
        ScheduleValidation.Check(Right with { BookingEndAt = Right.CloseAt }).Refusal.ShouldBeNull();
        ScheduleValidation.Check(Right with { CloseAt = Right.OpenAt!.Value.AddTicks(1), BookingEndAt = Right.BookingStartAt!.Value.AddTicks(1) })
            .Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Check_NoConcert_IsRefused(string? concert) => ShouldBeRefused(Right with { ConcertId = concert }, "concertId");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\u0007b")]
    public void Check_NameMissingOrUnprintable_IsRefused(string? name)
    {
        ShouldBeRefused(Right with { Sections = [new NewSection(name, Right.Sections![0].Seats)] }, "name");
        ShouldBeRefused(Right with { Inventories = [new NewInventory(name, 1, 1)] }, "name");
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Check_NameLength_IsLimited(int length, bool right) =>
        (ScheduleValidation.Check(Right with { Inventories = [new NewInventory(new string('n', length), 1, 1)] }).Refusal is null).ShouldBe(right);

    [Fact]
    public void Check_NameTwice_IsRefusedAlsoAcrossKinds()
    {
        ShouldBeRefused(Right with { Inventories = [new NewInventory(" Stalls", 1, 1)] }, "Duplicate name");
        ShouldBeRefused(Right with { Sections = [Right.Sections![0], Right.Sections[0]] }, "Duplicate name");
    }

    [Fact]
    public void Check_NullEntries_AreRefused()
    {
        ShouldBeRefused(Right with { Sections = [null!] }, "name");
        ShouldBeRefused(Right with { Inventories = [null!] }, "name");
    }

    [Theory]
    [InlineData("""{"from":0,"to":1,"price":1}""")]
    [InlineData("""{"from":2,"to":1,"price":1}""")]
    [InlineData("""{"from":1,"to":1000001,"price":1}""")]
    [InlineData("""{"from":1,"to":1,"price":-1}""")]
    [InlineData("""{"from":1,"to":1,"price":1000000001}""")]
    [InlineData("""{"from":1,"to":1}""")]
    [InlineData("""{"from":1,"price":1}""")]
    [InlineData("""{"to":1,"price":1}""")]
    [InlineData("""{"from":"1","to":1,"price":1}""")]
    [InlineData("""{"from":1.5,"to":2,"price":1}""")]
    [InlineData("""[]""")]
    [InlineData("""[7]""")]
    [InlineData("""[{"number":0,"price":1}]""")]
    [InlineData("""[{"number":1000001,"price":1}]""")]
    [InlineData("""[{"number":1,"price":-1}]""")]
    [InlineData("""[{"number":1,"price":1000000001}]""")]
    [InlineData("""[{"number":1}]""")]
    [InlineData("""[{"price":1}]""")]
    [InlineData("""[{"number":1,"price":1},{"number":1,"price":2}]""")]
    [InlineData("\"all\"")]
    [InlineData("null")]
    public void Check_SeatsThatAreNone_IsRefused(string seats) => ShouldBeRefused(WithSeats(seats), "Section Stalls");

    [Theory]
    [InlineData("""{"from":1,"to":1,"price":0}""")]
    [InlineData("""{"from":1000000,"to":1000000,"price":1000000000}""")]
    [InlineData("""[{"number":1,"price":0},{"number":1000000,"price":1000000000}]""")]
    public void Check_SeatsAtTheirLimits_AreTaken(string seats) => ScheduleValidation.Check(WithSeats(seats)).Refusal.ShouldBeNull();

    [Fact]
    public void Check_SeatsLeftOut_IsRefused() => ShouldBeRefused(Right with { Sections = [new NewSection("Stalls", default)] }, "Section Stalls");

    [Theory]
    [InlineData(200_000, true)]
    [InlineData(200_001, false)]
    public void Check_SeatsInAll_AreLimited(int seats, bool right)
    {
        var schedule = Right with
        {
            Sections =
            [
                new NewSection("A", Json("""{"from":1,"to":100000,"price":1}""")),
                new NewSection("B", Json($$"""{"from":1,"to":{{seats - 100_000}},"price":1}""")),
            ],
        };
        (ScheduleValidation.Check(schedule).Refusal is null).ShouldBe(right);
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public void Check_SectionsInAll_AreLimited(int count, bool right)
    {
        var inventories = Enumerable.Range(1, count - 1).Select(i => new NewInventory($"I{i}", 1, 1)).ToList();
        (ScheduleValidation.Check(Right with { Inventories = inventories }).Refusal is null).ShouldBe(right);
    }

    [Theory]
    [InlineData(1, 0L, true)]
    [InlineData(1_000_000, 1_000_000_000L, true)]
    [InlineData(0, 1L, false)]
    [InlineData(1_000_001, 1L, false)]
    [InlineData(1, -1L, false)]
    [InlineData(1, 1_000_000_001L, false)]
    [InlineData(null, 1L, false)]
    [InlineData(1, null, false)]
    public void Check_InventoryNumbers_HaveLimits(int? quantity, long? price, bool right) =>
        (ScheduleValidation.Check(Right with { Inventories = [new NewInventory("Floor", quantity, price)] }).Refusal is null).ShouldBe(right);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 2)]
    [InlineData(10, 3)]
    [InlineData(12, 5)]
    public void Find_SeatOfThePlan_GivesItsPriceAndIndex(int number, int index)
    {
        var plan = new SectionPlan("1", "Stalls", [new SeatRun(1, 3, 5), new SeatRun(10, 12, 7)]);
        var seat = plan.Find(number).ShouldNotBeNull();
        (seat.Run.Price, seat.Index, seat.Label).ShouldBe((number < 10 ? 5L : 7L, index, $"{number}"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(13)]
    public void Find_SeatThatIsNotThere_IsNone(int number) =>
        new SectionPlan("1", "Stalls", [new SeatRun(1, 3, 5), new SeatRun(10, 12, 7)]).Find(number).ShouldBeNull();
}
