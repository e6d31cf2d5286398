using Concert.Booking.Ids;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Expire;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

[Trait("Rule", "R-HOLD")]
public sealed class ExpireDecisionTests
{
    private static readonly DateTimeOffset Ends = World.Start;
    private static readonly ReservationId Mine = Section.Id(World.Seats, 0, 1);

    private static Decision Decide(SectionState state, DateTimeOffset now) => ExpireDecision.Decide(state, Mine.Code, now, new BookingOptions());

    [Fact]
    public void Expire_GraceIsOver_PutsTheSeatsBackOnSale()
    {
        var decision = Decide(Section.Of(World.Seats, Section.Held(Mine, "kim", Ends, 1, 2)), Ends.AddSeconds(15));

        decision.Reservation!.Status.ShouldBe(ReservationStatus.Expired);
        decision.Reservation.Due.ShouldBeNull();
        decision.Expired.ShouldHaveSingleItem().ShouldBe(decision.Reservation);
        var operations = decision.Changes!.ToOperations();
        Section.SeatIn(operations, 1).ShouldBe(SeatDocument.Available(1));
        Section.SeatIn(operations, 2).ShouldBe(SeatDocument.Available(2));
        Section.Counted(operations).ShouldBeEmpty("the seats say it");
    }

    [Fact]
    public void Expire_InTheGrace_ChangesNothing()
    {
        var decision = Decide(Section.Of(World.Seats, Section.Held(Mine, "kim", Ends, 1)), Ends.AddSeconds(15).AddMilliseconds(-1));

        decision.Changes.ShouldBeNull();
        decision.Expired.ShouldBeNull();
        decision.Reservation!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Theory]
    [InlineData(ReservationStatus.Paying)]
    [InlineData(ReservationStatus.Confirmed)]
    [InlineData(ReservationStatus.Cancelled)]
    [InlineData(ReservationStatus.Expired)]
    [InlineData(ReservationStatus.Rejected)]
    public void Expire_NotAHold_ChangesNothing(ReservationStatus status) =>
        Decide(Section.Of(World.Seats, Section.Live(status, SeatStatus.Held, Mine, "kim", Ends, 1)), Ends.AddDays(1)).Changes.ShouldBeNull();

    [Fact]
    public void Expire_ReservationThatIsNotThere_ChangesNothing() => Decide(Section.Of(World.Seats), Ends).ShouldBe(new Decision(null, null));
}
