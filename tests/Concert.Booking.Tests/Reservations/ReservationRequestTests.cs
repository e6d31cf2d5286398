using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Settings;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

[Trait("Rule", "R-CART")]
public sealed class ReservationRequestTests
{
    private static readonly BookingOptions Rules = new();

    private static Result<ValidRequest> Check(ReservationRequest request) => request.Check(Rules);

    private static string Seat(int number) => World.Seat(number);

    private static string Floor => World.Floor.InventoryId;

    [Fact]
    public void Check_OneSeat_IsTaken()
    {
        var valid = Check(new ReservationRequest(Seat(4), null, null, null)).Value;

        valid.Section.ShouldBe(World.Seats);
        valid.Seats.ShouldBe([4]);
        valid.Quantity.ShouldBeNull();
    }

    [Fact]
    public void Check_Places_AreTaken()
    {
        var valid = Check(new ReservationRequest(null, null, Floor, 8)).Value;

        valid.Section.ShouldBe(World.Floor);
        valid.Seats.ShouldBeNull();
        valid.Quantity.ShouldBe(8);
    }

    public static TheoryData<string?, string[]?, string?, int?> WrongForms => new()
    {
        { null, null, null, null },
        { Seat(1), [Seat(2)], null, null },
        { Seat(1), null, Floor, 1 },
        { null, [Seat(1)], Floor, 1 },
        { Seat(1), null, null, 1 },
        { null, null, Floor, null },
        { null, null, null, 1 },
        { null, null, Floor, 0 },
        { null, null, Floor, 9 },
        { null, null, Floor, -1 },
        { null, [], null, null },
        { null, [Seat(1), Seat(2), Seat(3), Seat(4), Seat(5), Seat(6), Seat(7), Seat(8), Seat(9)], null, null },
        { null, [Seat(1), Seat(1)], null, null },
        { null, [Seat(1), World.Large.SeatId(2)], null, null },
    };

    [Theory]
    [MemberData(nameof(WrongForms))]
    public void Check_WrongForm_IsInvalid(string? seatId, string[]? seatIds, string? inventoryId, int? quantity) =>
        Check(new ReservationRequest(seatId, seatIds, inventoryId, quantity)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);

    [Fact]
    public void Check_UnreadableIds_AreNobodys()
    {
        Check(new ReservationRequest("seat 1", null, null, null)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        Check(new ReservationRequest(null, [null!], null, null)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        Check(new ReservationRequest(null, null, Seat(1), 1)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        Check(new ReservationRequest(null, null, "c-1", 1)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public void Canonical_SeatsInAnotherOrder_IsTheSameRequest()
    {
        var one = Check(new ReservationRequest(null, [Seat(1), Seat(2)], null, null)).Value;
        var two = Check(new ReservationRequest(null, [Seat(2), Seat(1)], null, null)).Value;

        two.Canonical.ShouldBe(one.Canonical);
        Check(new ReservationRequest(null, [Seat(2), Seat(3)], null, null)).Value.Canonical.ShouldNotBe(one.Canonical);
        Check(new ReservationRequest(null, [World.Large.SeatId(1), World.Large.SeatId(2)], null, null)).Value.Canonical.ShouldNotBe(one.Canonical);
        Check(new ReservationRequest(null, null, Floor, 1)).Value.Canonical
            .ShouldNotBe(Check(new ReservationRequest(null, null, Floor, 2)).Value.Canonical);
    }

    [Fact]
    public void ShardOf_SectionNoLargerThanItsSessions_IsOneSessionASeat()
    {
        var plan = new SectionPlan("1", "Stalls", [new SeatRun(5, 10, 1)]);

        Enumerable.Range(5, 6).Select(n => ValidRequest.ShardOf(plan, n, 6)).ShouldBe([0, 1, 2, 3, 4, 5]);
    }

    [Fact]
    public void ShardOf_LargerSection_SpreadsItsSeatsAndKeepsEachInOne()
    {
        var plan = World.Schedule.Sections[1];
        var shards = Enumerable.Range(1, World.LargeCount).Select(n => ValidRequest.ShardOf(plan, n, 16)).ToList();

        shards.ShouldBe([.. Enumerable.Range(1, World.LargeCount).Select(n => ValidRequest.ShardOf(plan, n, 16))]);
        shards.ShouldAllBe(s => s >= 0 && s < 16);
        shards.Distinct().Count().ShouldBe(16);
    }
}
