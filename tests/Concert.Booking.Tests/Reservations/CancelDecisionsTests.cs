using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

[Trait("Rule", "L4"), Trait("Rule", "R-CANCEL"), Trait("Rule", "R-REFUND"), Trait("Rule", "R-RECORD")]
public sealed class CancelDecisionsTests
{
    private static readonly DateTimeOffset Now = World.Start;
    private static readonly DateTimeOffset OpenAt = World.Schedule.OpenAt;
    private static readonly ReservationId Mine = Section.Id(World.Seats, 0, 1);
    private static readonly CancelCommand Cancel = new(Mine.ToString(), Now, "kim", "asked", "request");
    private static readonly CancellationOptions Default = new();

    private static Decision Begin(SectionState state, CancelCommand? command = null, DateTimeOffset? now = null) =>
        CancelDecisions.Begin(state, Mine.Code, command ?? Cancel, OpenAt, now ?? Now, new BookingOptions(), Default);

    private static SectionState Paid() =>
        Section.Of(World.Seats, Section.Live(ReservationStatus.Confirmed, SeatStatus.Sold, Mine, "kim", Now.AddMinutes(-1), 1, 2));

    private static SectionState Cancelling() => Section.Of(
        World.Seats,
        [.. Section.Live(ReservationStatus.Confirmed, SeatStatus.Sold, Mine, "kim", Now, 1, 2).Select(d => d is ReservationDocument r
            ? r with { Cancellations = [Record(5, "request", 100_000, done: false, 1, 2)], Due = 6 }
            : d)]);

    private static CancellationRecord Record(long at, string request, long? refund, bool done, params int[] seats) =>
        new(at, "kim", "asked", request, [.. seats.Select(n => new SeatLine(n, World.SeatPrice))], null, seats.Length * World.SeatPrice, refund, done);

    private static void Same(CancellationRecord actual, CancellationRecord expected)
    {
        actual.Seats.ShouldBe(expected.Seats);
        (actual with { Seats = expected.Seats }).ShouldBe(expected);
    }

    [Fact]
    public void Cancel_Hold_FreesItsSeatsAtOnceAndKeepsARecord()
    {
        var decision = Begin(Section.Of(World.Seats, Section.Held(Mine, "kim", Now.AddMinutes(1), 1, 2)));

        var cancelled = decision.Reservation!;
        cancelled.Status.ShouldBe(ReservationStatus.Cancelled);
        Same(cancelled.Cancellations.ShouldHaveSingleItem(), Record(Now.ToUnixTimeMilliseconds(), "request", null, done: true, 1, 2));
        cancelled.Due.ShouldBeNull();
        cancelled.IsCancelling.ShouldBeFalse();
        var operations = decision.Changes!.ToOperations();
        Section.SeatIn(operations, 1).ShouldBe(SeatDocument.Available(1));
        Section.SeatIn(operations, 2).ShouldBe(SeatDocument.Available(2));
        Section.Counted(operations).ShouldBeEmpty("the seats say it");
    }

    [Fact]
    public void Cancel_HoldAfterTheDeadline_IsAllowed() =>
        Begin(Section.Of(World.Seats, Section.Held(Mine, "kim", Now, 1)), Cancel with { AcceptedAt = OpenAt.AddMinutes(-1) }, OpenAt.AddMinutes(-1))
            .Reservation!.Status.ShouldBe(ReservationStatus.Cancelled);

    [Fact]
    public void Cancel_Paid_RecordsTheRefundAndKeepsTheSeatsUntilTheMoneyIsBack()
    {
        var decision = Begin(Paid(), now: Now.AddSeconds(3));

        var cancelling = decision.Reservation!;
        cancelling.Status.ShouldBe(ReservationStatus.Confirmed);
        cancelling.IsCancelling.ShouldBeTrue();
        Same(cancelling.Cancellations.ShouldHaveSingleItem(), Record(Now.AddSeconds(3).ToUnixTimeMilliseconds(), "request", 100_000, done: false, 1, 2));
        cancelling.Due.ShouldBe(Now.AddSeconds(33).ToUnixTimeMilliseconds());
        decision.Changes!.ToOperations().ShouldHaveSingleItem().ShouldBeOfType<DocumentOperation.Replace>().Id.ShouldBe(Mine.DocumentId);
    }

    [Fact]
    public void Cancel_PaidAfterTheDeadline_IsRefusedAndChangesNothing()
    {
        var decision = Begin(Paid(), Cancel with { AcceptedAt = OpenAt.AddDays(-1).AddMilliseconds(1) });

        decision.Refused.ShouldBe(RefusalCode.CancelWindowClosed);
        decision.Changes.ShouldBeNull();
    }

    [Fact]
    public void Cancel_PaidAcceptedInTimeButDecidedLate_Counts() =>
        Begin(Paid(), Cancel with { AcceptedAt = OpenAt.AddDays(-7) }, OpenAt.AddDays(-6)).Reservation!.Cancellations![0].Refund.ShouldBe(100_000);

    [Fact]
    public void Cancel_Begun_ChangesNothingMore()
    {
        var decision = Begin(Cancelling());

        decision.Refused.ShouldBeNull();
        decision.Changes.ShouldBeNull();
        decision.Reservation!.Cancellations![0].Refund.ShouldBe(100_000);
    }

    [Fact]
    public void Cancel_Cancelled_ChangesNothing()
    {
        var decision = Begin(Section.Of(World.Seats, Section.Live(ReservationStatus.Cancelled, SeatStatus.Held, Mine, "kim", Now)));

        decision.Refused.ShouldBeNull();
        decision.Changes.ShouldBeNull();
    }

    [Theory]
    [InlineData(ReservationStatus.Paying)]
    [InlineData(ReservationStatus.Expired)]
    [InlineData(ReservationStatus.Rejected)]
    public void Cancel_NothingToCancel_IsRefused(ReservationStatus status)
    {
        var decision = Begin(Section.Of(World.Seats, Section.Live(status, SeatStatus.Held, Mine, "kim", Now)));

        decision.Refused.ShouldBe(RefusalCode.NotCancellable);
        decision.Changes.ShouldBeNull();
        decision.Reservation!.Status.ShouldBe(status);
    }

    [Fact]
    public void Cancel_ReservationThatIsNotThere_IsRefused() => Begin(Section.Of(World.Seats)).Refused.ShouldBe(RefusalCode.NotCancellable);

    [Fact]
    public void Finish_Cancelling_PutsTheSeatsBackOnSale()
    {
        var decision = CancelDecisions.Finish(Cancelling(), Mine.Code, 1, Now);

        var cancelled = decision.Reservation!;
        cancelled.Status.ShouldBe(ReservationStatus.Cancelled);
        Same(cancelled.Cancellations.ShouldHaveSingleItem(), Record(5, "request", 100_000, done: true, 1, 2));
        cancelled.Due.ShouldBeNull();
        cancelled.Payment.ShouldBe("pay1");
        var operations = decision.Changes!.ToOperations();
        Section.SeatIn(operations, 1).ShouldBe(SeatDocument.Available(1));
        Section.Counted(operations).ShouldBeEmpty("the seats say it");
    }

    [Fact]
    public void Finish_NotCancelling_ChangesNothing() => CancelDecisions.Finish(Paid(), Mine.Code, 1, Now).Changes.ShouldBeNull();

    [Fact]
    public void Release_SeatThatIsAnothersByNow_IsLeftAlone()
    {
        var theirs = new SeatDocument(1, SeatStatus.Held, "other", 9);
        var documents = Section.Held(Mine, "kim", Now, 1, 2).Select(d => d.Id == theirs.Id ? theirs : d).ToArray();

        var operations = Begin(Section.Of(World.Seats, documents)).Changes!.ToOperations();

        operations.ShouldNotContain(o => o.Id == theirs.Id);
        Section.SeatIn(operations, 2).ShouldBe(SeatDocument.Available(2));
    }

    [Theory]
    [InlineData(7 * 24 * 60, 100)]
    [InlineData((7 * 24 * 60) - 1, 90)]
    [InlineData(3 * 24 * 60, 90)]
    [InlineData((3 * 24 * 60) - 1, 80)]
    [InlineData(24 * 60, 80)]
    [InlineData((24 * 60) - 1, null)]
    [InlineData(0, null)]
    [InlineData(-1, null)]
    public void RefundOf_DefaultTable_GivesBackByTheTimeLeft(int minutesLeft, int? percent) =>
        CancelDecisions.RefundOf(50_000, TimeSpan.FromMinutes(minutesLeft), Default).ShouldBe(percent is null ? null : 50_000L * percent / 100);

    [Fact]
    public void RefundOf_Fraction_IsRoundedDown() => CancelDecisions.RefundOf(99, TimeSpan.FromDays(3), Default).ShouldBe(89);

    [Fact]
    public void RefundOf_OwnTable_ReplacesTheDefaultInAnyOrder()
    {
        var rules = new CancellationOptions
        {
            Deadline = TimeSpan.Zero,
            Refunds = [new RefundRule { AtLeast = TimeSpan.FromDays(1), Percent = 10 }, new RefundRule { AtLeast = TimeSpan.FromDays(2), Percent = 50 }],
        };

        CancelDecisions.RefundOf(1000, TimeSpan.FromDays(3), rules).ShouldBe(500);
        CancelDecisions.RefundOf(1000, TimeSpan.FromDays(1), rules).ShouldBe(100);
        CancelDecisions.RefundOf(1000, TimeSpan.FromHours(1), rules).ShouldBe(0);
        CancelDecisions.RefundOf(1000, TimeSpan.Zero, rules).ShouldBe(0);
        CancelDecisions.RefundOf(1000, TimeSpan.FromTicks(-1), rules).ShouldBeNull();
    }

    [Theory]
    [InlineData(7 * 24 * 60, 100, 7 * 24 * 60)]
    [InlineData((7 * 24 * 60) - 1, 90, 3 * 24 * 60)]
    [InlineData((3 * 24 * 60) - 1, 80, 24 * 60)]
    [InlineData(24 * 60, 80, 24 * 60)]
    [InlineData((24 * 60) - 1, null, null)]
    public void OfferFor_Paid_IsWhatCancellingGivesAndUntilWhen(int minutesLeft, int? percent, int? untilMinutesBefore)
    {
        var paid = Paid().Reservation(Mine.Code)!;
        var offer = RefundTable.OfferFor(paid, OpenAt, OpenAt - TimeSpan.FromMinutes(minutesLeft), Default);

        offer.ShouldBe(percent is null ? null : new RefundOffer(percent.Value, OpenAt - TimeSpan.FromMinutes(untilMinutesBefore!.Value)));
        CancelDecisions.RefundOf(paid.Total, TimeSpan.FromMinutes(minutesLeft), Default).ShouldBe(offer is null ? null : paid.Total * offer.Percent / 100);
    }

    [Fact]
    public void OfferFor_WhatCannotBeCancelled_IsNone()
    {
        var held = Section.Of(World.Seats, Section.Held(Mine, "kim", Now.AddMinutes(1), 1, 2)).Reservation(Mine.Code)!;
        var paid = Paid().Reservation(Mine.Code)!;

        RefundTable.OfferFor(held, OpenAt, Now, Default).ShouldBeNull("nothing was paid");
        RefundTable.OfferFor(Cancelling().Reservation(Mine.Code)!, OpenAt, Now, Default).ShouldBeNull("it is being cancelled");
        RefundTable.OfferFor(paid with { Used = new(1, "scan") }, OpenAt, Now, Default).ShouldBeNull("its ticket was used");
    }
}
