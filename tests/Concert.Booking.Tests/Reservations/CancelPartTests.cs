using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

[Trait("Rule", "L4"), Trait("Rule", "R-PART")]
public sealed class CancelPartTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private static CancelRequest Seats(params int[] seats) => new([.. seats.Select(World.Seat)]);

    private static CancelRequest Places(int quantity) => new(null, quantity);

    private async Task<Result<ReservationView>> CancelAsync(string reservation, CancelRequest part, string? key = null)
    {
        var asked = await _world.Cancellations.RequestAsync(new Caller("kim", key), reservation, part, CancellationToken.None);
        await _world.DrainAsync();
        return asked;
    }

    private async Task<ReservationView> ViewAsync(string reservation) =>
        (await _world.Reservations.GetAsync(new Caller("kim"), reservation, CancellationToken.None)).Value;

    private async Task<(string Reservation, string Payment)> BuyPlacesAsync(int quantity)
    {
        await _world.ChargeAsync("kim", quantity * World.StandingPrice);
        var reservation = await _world.HoldPlacesAsync("kim", quantity);
        var payment = await _world.AskToPayAsync("kim", reservation);
        await _world.DrainAsync();
        return (reservation, payment);
    }

    private IEnumerable<LedgerDocument> Refunds() =>
        _world.Store.All<LedgerDocument>(DocumentContainer.Wallets, "kim", LedgerDocument.Prefix).Where(e => e.Kind == LedgerKind.Refund);

    [Fact]
    public async Task Part_OfAHold_FreesItsSeatsAndKeepsTheRestToItsOldEnd()
    {
        var reservation = await _world.HoldAsync("kim", 1, 2, 3);
        var before = _world.Reservation(reservation)!;

        await CancelAsync(reservation, Seats(2));

        var after = _world.Reservation(reservation)!;
        after.Status.ShouldBe(ReservationStatus.Held);
        after.Seats!.Select(s => s.Number).ShouldBe([1, 3]);
        after.Total.ShouldBe(2 * World.SeatPrice);
        after.HoldEndsAt.ShouldBe(before.HoldEndsAt);
        after.Due.ShouldBe(before.Due);
        _world.SeatAt(2).Status.ShouldBe(SeatStatus.Available);
        _world.Gate.Owners.Keys.ShouldNotContain(World.Seat(2));
        var view = await ViewAsync(reservation);
        view.Cancellation.ShouldBeNull();
        view.TotalAmount.ShouldBe(2 * World.SeatPrice);
        view.Cancellations.ShouldHaveSingleItem().RefundAmount.ShouldBeNull("nothing was paid");
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Part_OfAHold_ThenPaid_CostsWhatIsLeft()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1, 2);
        await CancelAsync(reservation, Seats(1));
        var payment = await _world.AskToPayAsync("kim", reservation);
        await _world.DrainAsync();

        _world.Payment(payment)!.Amount.ShouldBe(World.SeatPrice);
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Confirmed);
        (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Value.SeatNumbers.ShouldBe(["2"]);
        await CancelAsync(reservation, CancelRequest.Whole);
        (await ViewAsync(reservation)).Cancellation!.RefundAmount.ShouldBe(World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Part_OfWhatIsPaid_RefundsItByTheTableAndSellsItAgain()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1, 2, 3);
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddDays(-3));

        await CancelAsync(reservation, Seats(3, 1));

        _world.Balance("kim").ShouldBe(2 * World.SeatPrice * 90 / 100);
        var view = await ViewAsync(reservation);
        view.Status.ShouldBe(ReservationStatus.Confirmed);
        view.Seats.Select(s => s.Id).ShouldBe([World.Seat(2)]);
        view.TotalAmount.ShouldBe(World.SeatPrice);
        view.Cancellation.ShouldBeNull();
        var part = view.Cancellations.ShouldHaveSingleItem();
        part.Seats!.Select(s => s.Id).ShouldBe([World.Seat(1), World.Seat(3)]);
        part.RefundAmount.ShouldBe(90_000);
        view.History[^1].Reason.ShouldBe("part-cancelled");
        var paid = _world.Payment(payment)!;
        paid.Status.ShouldBe(PaymentStatus.Completed);
        paid.Refund.ShouldBe(90_000);
        var receipt = (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Value;
        receipt.SeatNumbers.ShouldBe(["1", "2", "3"]);
        receipt.RefundAmount.ShouldBe(90_000);
        var again = await _world.HoldAsync("lee", 1, 3);
        _world.Reservation(again)!.Status.ShouldBe(ReservationStatus.Held);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Parts_OneAfterTheOther_EndAsCancelledWithOneEntryEach()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1, 2, 3);

        await CancelAsync(reservation, Seats(1));
        await CancelAsync(reservation, Seats(2));
        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Completed);
        await CancelAsync(reservation, Seats(3));

        var view = await ViewAsync(reservation);
        view.Status.ShouldBe(ReservationStatus.Cancelled);
        view.Cancellation!.RefundAmount.ShouldBe(3 * World.SeatPrice);
        view.Cancellations!.Count.ShouldBe(3);
        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Refunded);
        Refunds().Select(e => e.Amount).ShouldBe([World.SeatPrice, World.SeatPrice, World.SeatPrice]);
        _world.Balance("kim").ShouldBe(3 * World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Part_OfPlaces_GoesBackToTheInventory()
    {
        var (reservation, payment) = await BuyPlacesAsync(5);

        await CancelAsync(reservation, Places(2));

        var view = await ViewAsync(reservation);
        view.Quantity.ShouldBe(3);
        view.TotalAmount.ShouldBe(3 * World.StandingPrice);
        view.Cancellations.ShouldHaveSingleItem().Quantity.ShouldBe(2);
        _world.Counters(World.Floor).Sold.ShouldBe(3);
        _world.Counters(World.Floor).Left.ShouldBe(World.Standing - 3);
        _world.Balance("kim").ShouldBe(2 * World.StandingPrice);
        (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Value.Quantity.ShouldBe(5);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Whole_AfterAPart_RefundsTheRest()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1, 2, 3);
        await CancelAsync(reservation, Seats(1));
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddDays(-2));

        await CancelAsync(reservation, CancelRequest.Whole);

        _world.Balance("kim").ShouldBe(World.SeatPrice + (2 * World.SeatPrice * 80 / 100));
        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Refunded);
        (await ViewAsync(reservation)).Cancellation!.RefundAmount.ShouldBe(_world.Balance("kim"));
        Invariants.CheckSettled(_world);
    }

    [Theory]
    [InlineData("another section")]
    [InlineData("not its own")]
    [InlineData("twice")]
    [InlineData("none")]
    [InlineData("no id")]
    [InlineData("quantity")]
    [InlineData("both")]
    public async Task Part_SeatsThatAreNone_AreInvalidAndChangeNothing(string wrong)
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1, 2);
        await _world.HoldAsync("lee", 3);
        var sent = _world.Queue.Sent.Count;

        var refused = await CancelAsync(
            reservation,
            wrong switch
            {
                "another section" => new CancelRequest([World.Large.SeatId(1)]),
                "not its own" => Seats(1, 3),
                "twice" => Seats(1, 1),
                "none" => new CancelRequest([]),
                "no id" => new CancelRequest(["x"]),
                "quantity" => Places(1),
                _ => new CancelRequest([World.Seat(1)], 1),
            },
            "key");

        refused.Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        _world.Queue.Sent.Count.ShouldBe(sent);
        (await CancelAsync(reservation, Seats(1), "key")).Refusal.ShouldBeNull("a refused request takes no key");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4)]
    [InlineData(null)]
    public async Task Part_PlacesThatAreNone_AreInvalid(int? quantity)
    {
        var (reservation, _) = await BuyPlacesAsync(3);

        (await CancelAsync(reservation, quantity is null ? Seats(1) : Places(quantity.Value))).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);

        _world.Reservation(reservation)!.Quantity.ShouldBe(3);
    }

    [Fact]
    public async Task Part_OfWhatIsOver_IsNotCancellable()
    {
        var reservation = await _world.HoldAsync("kim", 1, 2);
        await CancelAsync(reservation, CancelRequest.Whole);

        (await CancelAsync(reservation, Seats(1))).Refusal!.Code.ShouldBe(RefusalCode.NotCancellable);
    }

    [Fact]
    public async Task Part_AfterTheDeadline_IsRefusedAtTheDoor()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1, 2);
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddHours(-23));

        (await CancelAsync(reservation, Seats(1))).Refusal!.Code.ShouldBe(RefusalCode.CancelWindowClosed);
    }

    [Fact]
    public async Task Part_MoreThanIsLeftWhenItIsHandled_IsNotedAndChangesNothing()
    {
        var (reservation, _) = await BuyPlacesAsync(3);
        foreach (var quantity in new[] { 2, 2 })
        {
            (await _world.Cancellations.RequestAsync(new Caller("kim"), reservation, Places(quantity), CancellationToken.None)).Refusal.ShouldBeNull();
        }

        await _world.DrainAsync();

        var after = _world.Reservation(reservation)!;
        after.Quantity.ShouldBe(1);
        after.History[^1].Reason.ShouldBe("not-cancellable");
        _world.Balance("kim").ShouldBe(2 * World.StandingPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Part_SameSeatsByTwoRequests_AreGivenBackOnceAndNobodyIsRefused()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1, 2);
        await _world.Cancellations.RequestAsync(new Caller("kim"), reservation, Seats(1), CancellationToken.None);
        await _world.Cancellations.RequestAsync(new Caller("kim"), reservation, Seats(1), CancellationToken.None);
        await _world.DrainAsync();

        _world.Balance("kim").ShouldBe(World.SeatPrice);
        _world.Reservation(reservation)!.Reason.ShouldBeNull();
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Part_KeyedRepeat_HasOneEffectWhateverBecameOfIt()
    {
        var (reservation, _) = await BuyPlacesAsync(5);
        await CancelAsync(reservation, Places(2), "key");

        (await CancelAsync(reservation, Places(2), "key")).Value.Quantity.ShouldBe(3);
        await CancelAsync(reservation, Places(2), "another");
        await CancelAsync(reservation, Places(1), "last");
        (await CancelAsync(reservation, Places(2), "key")).Value.Status.ShouldBe(ReservationStatus.Cancelled, "the first result as it is now");

        Refunds().Count().ShouldBe(3);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Part_SameKeyAnotherPart_IsAMismatch()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1, 2, 3);
        await CancelAsync(reservation, Seats(1, 2), "key");

        (await CancelAsync(reservation, Seats(2, 1), "key")).Refusal.ShouldBeNull("the same request in another order");
        (await CancelAsync(reservation, Seats(3), "key")).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
        (await CancelAsync(reservation, CancelRequest.Whole, "key")).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Reservation(reservation)!.Seats.ShouldHaveSingleItem().Number.ShouldBe(3);
    }

    [Fact]
    public async Task Part_RedeliveredAfterAnother_ChangesNothing()
    {
        var (reservation, _) = await BuyPlacesAsync(8);
        await CancelAsync(reservation, Places(2));
        var first = _world.Queue.Sent[^1];
        await CancelAsync(reservation, Places(3));
        _world.Queue.Sent[^1].MessageId.ShouldNotBe(first.MessageId);

        (await _world.Processor.ProcessAsync(first, 2, CancellationToken.None)).ShouldBeOfType<ProcessResult.Done>();

        _world.Reservation(reservation)!.Quantity.ShouldBe(3);
        _world.Balance("kim").ShouldBe(5 * World.StandingPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Part_WhileAPaymentIsHalfDone_FinishesItFirst()
    {
        await _world.ChargeAsync("kim", 2 * World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1, 2);
        await _world.AskToPayAsync("kim", reservation);
        await _world.CrashBeforeWritingAsync("pay:", () => _world.Queue.DeliverAsync(_world.Processor));
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Paying);

        await _world.HandleAsync(new CancelCommand(reservation, World.Start, "kim", "asked", "request", [1]));

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Confirmed);
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        await _world.DrainAsync();
        Invariants.CheckSettled(_world);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task Part_CrashAtEachStep_IsFinishedByTheRepairTimerAlone(int commit, bool applied)
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1, 2);
        var command = new CancelCommand(reservation, World.Start, "kim", "asked", "request", [1]);
        await _world.CrashAtCommitAsync(TestCommands.Message(command), commit, applied);
        Invariants.Check(_world);
        (_world.SeatAt(1).Status == SeatStatus.Available && _world.Balance("kim") == 0).ShouldBeFalse("who finds the seat gone has the money");

        _world.Time.Advance(TimeSpan.FromSeconds(30));
        await _world.Timers.RepairPaymentsAsync(CancellationToken.None);
        await _world.DrainAsync();
        await _world.HandleAsync(command, 2);

        _world.Reservation(reservation)!.Seats.ShouldHaveSingleItem().Number.ShouldBe(2);
        _world.Payment(payment)!.Refund.ShouldBe(World.SeatPrice);
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Part_AfterOneThatCrashed_FinishesThatOneFirst(int commit)
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1, 2, 3);
        var first = new CancelCommand(reservation, World.Start, "kim", "asked", "first", [1]);
        await _world.CrashAtCommitAsync(TestCommands.Message(first), commit, applied: true);

        await _world.HandleAsync(new CancelCommand(reservation, World.Start, "kim", "asked", "second", [3]));

        _world.Reservation(reservation)!.Seats.ShouldHaveSingleItem().Number.ShouldBe(2);
        _world.Payment(payment)!.Refunds.ShouldBe([new RefundLine(1, World.SeatPrice), new RefundLine(2, World.SeatPrice)]);
        await _world.HandleAsync(first, 2);
        _world.Balance("kim").ShouldBe(2 * World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public void Finish_LateRunOfAnEarlierPart_DoesNotFinishALaterOne()
    {
        var mine = Section.Id(World.Seats, 0, 1);
        var first = new CancellationRecord(1, "kim", "asked", "first", [new SeatLine(3, World.SeatPrice)], null, World.SeatPrice, World.SeatPrice, Done: true);
        var second = first with { Request = "second", Seats = [new SeatLine(1, World.SeatPrice)], Done = false };
        var state = Section.Of(
            World.Seats,
            [.. Section.Live(ReservationStatus.Confirmed, SeatStatus.Sold, mine, "kim", World.Start, 1, 2)
                .Select(d => d is ReservationDocument r ? r with { Cancellations = [first, second] } : d)]);

        CancelDecisions.Finish(state, mine.Code, 1, World.Start).Changes.ShouldBeNull("its money is not back yet");
        CancelDecisions.Finish(state, mine.Code, 2, World.Start).Reservation!.Seats.ShouldHaveSingleItem().Number.ShouldBe(2);
    }

    [Fact]
    public async Task Part_GivenBack_MakesRoomUnderTheLimit()
    {
        var reservation = await _world.HoldAsync("kim", 1, 2, 3, 4, 5, 6, 7, 8);
        await CancelAsync(reservation, Seats(7, 8));

        var two = await _world.HoldAsync("kim", 7, 8);
        _world.Reservation(two)!.Status.ShouldBe(ReservationStatus.Held);
        _world.Reservation(await _world.HoldAsync("kim", 9))!.Reason.ShouldBe("limit-reached");
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Report_AfterParts_SaysWhatIsSoldPaidAndRefunded()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1, 2, 3);
        var (places, _) = await BuyPlacesAsync(4);
        await CancelAsync(reservation, Seats(1));
        await CancelAsync(places, Places(3));

        var report = (await _world.Get<Concert.Booking.Availability.IScheduleReports>().ReportAsync(World.ScheduleId, CancellationToken.None)).Value;

        report.Sold.ShouldBe(3);
        report.Paid.ShouldBe((3 * World.SeatPrice) + (4 * World.StandingPrice));
        report.Refunded.ShouldBe(World.SeatPrice + (3 * World.StandingPrice));
    }
}
