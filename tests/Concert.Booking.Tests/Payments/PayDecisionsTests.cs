using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Payments;

[Trait("Rule", "S2"), Trait("Rule", "R-INTIME"), Trait("Rule", "R-POOR")]
public sealed class PayDecisionsTests
{
    private static readonly DateTimeOffset Ends = World.Start;
    private static readonly ReservationId Mine = Section.Id(World.Seats, 0, 1);
    private static readonly BookingOptions Rules = new();

    private static SectionState With(ReservationStatus status, SeatStatus seats = SeatStatus.Held) =>
        Section.Of(World.Seats, Section.Live(status, seats, Mine, "kim", Ends, 1, 2));

    private static Decision Begin(SectionState state, DateTimeOffset acceptedAt, DateTimeOffset? now = null, string payment = "pay1") =>
        PayDecisions.Begin(state, Mine.Code, payment, acceptedAt, now ?? acceptedAt, Rules);

    [Fact]
    public void Begin_HoldStands_MovesToPayingAndIsDueForRepair()
    {
        var decision = Begin(With(ReservationStatus.Held), Ends.AddMinutes(-2), Ends.AddMinutes(-1));

        var paying = decision.Reservation!;
        paying.Status.ShouldBe(ReservationStatus.Paying);
        paying.Payment.ShouldBe("pay1");
        paying.HoldEndsAt.ShouldBe(Ends.ToUnixTimeMilliseconds());
        paying.Due.ShouldBe(Ends.AddMinutes(-1).AddSeconds(30).ToUnixTimeMilliseconds());
        decision.Changes!.ToOperations().ShouldHaveSingleItem().ShouldBeOfType<DocumentOperation.Replace>().IfMatch
            .ShouldBe(Section.ETag(Mine.DocumentId));
    }

    [Fact]
    public void Begin_AcceptedBeforeTheEndButHandledAfter_Counts() =>
        Begin(With(ReservationStatus.Held), Ends.AddMilliseconds(-1), Ends.AddMinutes(10)).Reservation!.Status.ShouldBe(ReservationStatus.Paying);

    [Fact]
    public void Begin_AcceptedAtTheEnd_IsRefusedAndChangesNothing()
    {
        var decision = Begin(With(ReservationStatus.Held), Ends, Ends.AddMinutes(-1));

        decision.Refused.ShouldBe(RefusalCode.HoldExpired);
        decision.Changes.ShouldBeNull();
        decision.Reservation!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Theory]
    [InlineData(ReservationStatus.Paying)]
    [InlineData(ReservationStatus.Confirmed)]
    public void Begin_ThisPaymentHasBegun_ChangesNothingAndGoesOn(ReservationStatus status)
    {
        var decision = Begin(With(status), Ends.AddMinutes(9));

        decision.Refused.ShouldBeNull();
        decision.Changes.ShouldBeNull();
    }

    [Theory]
    [InlineData(ReservationStatus.Paying)]
    [InlineData(ReservationStatus.Confirmed)]
    public void Begin_AnotherPaymentHasBegun_IsRefused(ReservationStatus status)
    {
        var decision = Begin(With(status), Ends.AddMinutes(-1), payment: "pay2");

        decision.Refused.ShouldBe(RefusalCode.AlreadyPaid);
        decision.Changes.ShouldBeNull();
    }

    [Theory]
    [InlineData(ReservationStatus.Expired)]
    [InlineData(ReservationStatus.Cancelled)]
    [InlineData(ReservationStatus.Rejected)]
    public void Begin_NoHoldAnyMore_IsRefused(ReservationStatus status) =>
        Begin(With(status), Ends.AddMinutes(-1)).Refused.ShouldBe(RefusalCode.HoldExpired);

    [Fact]
    public void Begin_ReservationThatIsNotThere_IsRefused() => Begin(Section.Of(World.Seats), Ends).Refused.ShouldBe(RefusalCode.HoldExpired);

    /// <summary>Another run of the command has confirmed it between the two reads: the batch meets the reservation's new ETag, and nothing else is wrong.</summary>
    [Fact]
    public void Confirm_SoldSinceTheReservationWasRead_IsLeftToTheETag()
    {
        var torn = Section.Of(World.Seats, Section.Live(ReservationStatus.Paying, SeatStatus.Sold, Mine, "kim", Ends, 1, 2));

        PayDecisions.Confirm(torn, Mine.Code, "pay1", Ends).Reservation!.Status.ShouldBe(ReservationStatus.Confirmed);
    }

    [Fact]
    public void Confirm_Paying_SellsTheSeats()
    {
        var decision = PayDecisions.Confirm(With(ReservationStatus.Paying), Mine.Code, "pay1", Ends);

        var confirmed = decision.Reservation!;
        confirmed.Status.ShouldBe(ReservationStatus.Confirmed);
        confirmed.HoldEndsAt.ShouldBeNull();
        confirmed.Due.ShouldBeNull();
        confirmed.Payment.ShouldBe("pay1");
        var operations = decision.Changes!.ToOperations();
        Section.SeatIn(operations, 1).ShouldBe(new SeatDocument(1, SeatStatus.Sold, Mine.Code, null));
        Section.SeatIn(operations, 2).ShouldBe(new SeatDocument(2, SeatStatus.Sold, Mine.Code, null));
        operations.ShouldNotContain(o => o.Id.StartsWith("u:", StringComparison.Ordinal));
        Section.Counted(operations).ShouldBeEmpty("the seats say it");
    }

    [Theory]
    [InlineData(ReservationStatus.Paying, "pay2")]
    [InlineData(ReservationStatus.Confirmed, "pay1")]
    [InlineData(ReservationStatus.Cancelled, "pay1")]
    [InlineData(ReservationStatus.Held, "pay1")]
    public void Confirm_NotPayingThisPayment_ChangesNothing(ReservationStatus status, string payment) =>
        PayDecisions.Confirm(With(status), Mine.Code, payment, Ends).Changes.ShouldBeNull();

    [Fact]
    public void GiveBack_Paying_IsAHoldAgainWithItsOldEnd()
    {
        var decision = PayDecisions.GiveBack(With(ReservationStatus.Paying), Mine.Code, "pay1", "insufficient-balance", Ends.AddMinutes(3), Rules);

        var held = decision.Reservation!;
        held.Status.ShouldBe(ReservationStatus.Held);
        held.Reason.ShouldBe("insufficient-balance");
        held.Payment.ShouldBeNull();
        held.HoldEndsAt.ShouldBe(Ends.ToUnixTimeMilliseconds());
        held.Due.ShouldBe(Ends.AddSeconds(15).ToUnixTimeMilliseconds());
        held.History[^1].ShouldBe(new HistoryLine(Ends.AddMinutes(3).ToUnixTimeMilliseconds(), ReservationStatus.Held, "insufficient-balance"));
        decision.Changes!.ToOperations().ShouldHaveSingleItem().Id.ShouldBe(Mine.DocumentId);
    }

    [Theory]
    [InlineData(ReservationStatus.Paying, "pay2")]
    [InlineData(ReservationStatus.Held, "pay1")]
    [InlineData(ReservationStatus.Confirmed, "pay1")]
    public void GiveBack_NotPayingThisPayment_ChangesNothing(ReservationStatus status, string payment) =>
        PayDecisions.GiveBack(With(status), Mine.Code, payment, "insufficient-balance", Ends, Rules).Changes.ShouldBeNull();
}
