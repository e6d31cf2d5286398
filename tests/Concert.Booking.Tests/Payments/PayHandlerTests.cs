using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Payments;

[Trait("Rule", "S2"), Trait("Rule", "R-INTIME"), Trait("Rule", "R-DEBIT"), Trait("Rule", "R-PAID")]
public sealed class PayHandlerTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Pay_EnoughBalance_SellsTheSeatsAndDebitsOnce()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1, 2);

        var bought = _world.Reservation(reservation)!;
        bought.Status.ShouldBe(ReservationStatus.Confirmed);
        bought.HoldEndsAt.ShouldBeNull();
        bought.Due.ShouldBeNull();
        bought.History.Select(h => h.Status)
            .ShouldBe([ReservationStatus.Pending, ReservationStatus.Held, ReservationStatus.Paying, ReservationStatus.Confirmed]);
        _world.SeatAt(1).Status.ShouldBe(SeatStatus.Sold);
        _world.SeatAt(2).Status.ShouldBe(SeatStatus.Sold);
        _world.Balance("kim").ShouldBe(0);
        var paid = _world.Payment(payment)!;
        paid.Status.ShouldBe(PaymentStatus.Completed);
        paid.Amount.ShouldBe(2 * World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Pay_NotEnoughBalance_GivesTheHoldBackWithItsOldEnd()
    {
        var (first, second) = await TwoHoldsAndMoneyForOneAsync();
        var before = _world.Reservation(second)!;
        await _world.AskToPayAsync("kim", first);
        var payment = await _world.AskToPayAsync("kim", second);
        _world.Time.Advance(TimeSpan.FromSeconds(30));
        await _world.DrainAsync();

        var held = _world.Reservation(second)!;
        held.Status.ShouldBe(ReservationStatus.Held);
        held.HoldEndsAt.ShouldBe(before.HoldEndsAt);
        held.Due.ShouldBe(before.Due);
        held.Payment.ShouldBeNull();
        held.Reason.ShouldBe("insufficient-balance");
        _world.SeatAt(2).ShouldBe(new SeatDocument(2, SeatStatus.Held, before.Code, before.HoldEndsAt));
        var failed = _world.Payment(payment)!;
        failed.Status.ShouldBe(PaymentStatus.Failed);
        failed.Reason.ShouldBe("insufficient-balance");
        _world.Balance("kim").ShouldBe(0);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Pay_Completed_EndsTheTokenAlsoWhenRedelivered()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1);
        var token = TestCommands.Token();
        _world.Get<AdmissionMemory>().Remember(token, World.Start.AddHours(1));
        await _world.AskToPayAsync("kim", reservation, token);
        await _world.DrainAsync();

        _world.Room.Ended.ShouldHaveSingleItem().ShouldBe(token);
        _world.Get<AdmissionMemory>().IsActive(token).ShouldBeFalse();
        await _world.Processor.ProcessAsync(_world.Queue.Sent[^1], 2, CancellationToken.None);
        _world.Room.Ended.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Pay_Refused_LeavesTheToken()
    {
        var (one, two) = await TwoHoldsAndMoneyForOneAsync();
        await _world.AskToPayAsync("kim", one);
        await _world.AskToPayAsync("kim", two, TestCommands.Token());
        await _world.DrainAsync();

        _world.Reservation(two)!.Status.ShouldBe(ReservationStatus.Held);
        _world.Room.Ended.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pay_WaitingRoomAway_CompletesAllTheSame()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1);
        await _world.AskToPayAsync("kim", reservation, TestCommands.Token());
        _world.Room.Away = true;
        await _world.DrainAsync();

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Confirmed);
    }

    [Fact]
    public async Task Pay_AcceptedBeforeTheEndAndHandledLongAfter_Counts()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1);
        _world.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        await _world.AskToPayAsync("kim", reservation);
        _world.Time.Advance(TimeSpan.FromMinutes(2));
        await _world.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None);
        await _world.DrainAsync();

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Confirmed);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Pay_TwoPaymentsOfOneHold_DebitsOnce()
    {
        await _world.ChargeAsync("kim", 3 * World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1);
        var one = await _world.AskToPayAsync("kim", reservation);
        var two = await _world.AskToPayAsync("kim", reservation);
        await _world.DrainAsync();

        _world.Payment(one)!.Status.ShouldBe(PaymentStatus.Completed);
        var failed = _world.Payment(two)!;
        failed.Status.ShouldBe(PaymentStatus.Failed);
        failed.Reason.ShouldBe("already-paid");
        (await _world.Payments.ListAsync(new Caller("kim"), null, 10, CancellationToken.None)).Value.Items.ShouldHaveSingleItem().Id
            .ShouldBe(one, "a double click leaves no failed payment in the history");
        (await _world.Payments.GetAsync(new Caller("kim"), two, CancellationToken.None)).Value.Reason.ShouldBe("already-paid");
        failed.Amount.ShouldBe(World.SeatPrice);
        _world.Balance("kim").ShouldBe(2 * World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Pay_OldFailedPaymentRedeliveredAfterACharge_MovesNoMoney()
    {
        var (one, two) = await TwoHoldsAndMoneyForOneAsync();
        await _world.AskToPayAsync("kim", one);
        await _world.AskToPayAsync("kim", two);
        var message = _world.Queue.Sent[^1];
        await _world.DrainAsync();
        await _world.ChargeAsync("kim", World.SeatPrice);

        await _world.Processor.ProcessAsync(message, 2, CancellationToken.None);

        _world.Reservation(two)!.Status.ShouldBe(ReservationStatus.Held);
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Pay_OldPaymentRedeliveredAfterTheCancellation_MovesNoMoney()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1);
        var message = _world.Queue.Sent[^1];
        await _world.Cancellations.RequestAsync(new Caller("kim"), reservation, CancelRequest.Whole, CancellationToken.None);
        await _world.DrainAsync();

        await _world.Processor.ProcessAsync(message, 2, CancellationToken.None);

        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Refunded);
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task Pay_CrashAtEachStep_IsFinishedByTheRepairTimerAlone(int commit, bool applied)
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1);
        var payment = await _world.AskToPayAsync("kim", reservation);
        var message = _world.Queue.Sent[^1];
        await _world.CrashAtCommitAsync(message, commit, applied);
        Invariants.Check(_world);

        _world.Time.Advance(TimeSpan.FromSeconds(30));
        var resumed = await _world.Timers.RepairPaymentsAsync(CancellationToken.None);
        if (commit == 1 && !applied)
        {
            resumed.ShouldBe(0, "it never began: the redelivery begins it");
        }

        await _world.DrainAsync();
        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Completed);
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Confirmed);
        _world.Balance("kim").ShouldBe(0);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Pay_TwoRunsOfOneMessageAtOnce_DebitOnce()
    {
        for (var seat = 1; seat <= 8; seat++)
        {
            await _world.ChargeAsync("kim", World.SeatPrice);
            var reservation = await _world.HoldAsync("kim", seat);
            await _world.AskToPayAsync("kim", reservation);
            var message = _world.Queue.Sent[^1];
            await Task.WhenAll(Enumerable.Range(1, 4).Select(n => Task.Run(() => _world.Processor.ProcessAsync(message, n, CancellationToken.None))));
        }

        await _world.DrainAsync();
        _world.Balance("kim").ShouldBe(0);
        Enumerable.Range(1, 8).ShouldAllBe(seat => _world.SeatAt(seat).Status == SeatStatus.Sold);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Resume_NothingHalfDone_ChangesNothing()
    {
        var held = await _world.HoldAsync("kim", 1);
        var (sold, _) = await _world.BuyAsync("lee", 2);
        var before = _world.Store.Snapshot();

        await _world.HandleAsync(new ResumeCommand(held, World.Start));
        await _world.HandleAsync(new ResumeCommand(sold, World.Start));
        await _world.HandleAsync(new ResumeCommand(_world.Minter.NewReservation(World.Seats, "x", _ => 0).ToString(), World.Start));

        _world.Store.Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task Resume_PaymentWithoutEnoughBalance_GivesTheHoldBack()
    {
        var (one, two) = await TwoHoldsAndMoneyForOneAsync();
        await _world.AskToPayAsync("kim", two);
        var message = _world.Queue.Sent[^1];
        await _world.CrashBeforeWritingAsync("pay:", () => _world.Processor.ProcessAsync(message, 1, CancellationToken.None));
        var other = new World(_world);
        await other.AskToPayAsync("kim", one);
        await other.Processor.ProcessAsync(_world.Queue.Sent[^1], 1, CancellationToken.None);

        await _world.HandleAsync(new ResumeCommand(two, World.Start));

        _world.Reservation(two)!.Status.ShouldBe(ReservationStatus.Held);
        _world.Reservation(two)!.Reason.ShouldBe("insufficient-balance");
        Invariants.Check(_world);
    }

    private async Task<(string One, string Two)> TwoHoldsAndMoneyForOneAsync()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        return (await _world.HoldAsync("kim", 1), await _world.HoldAsync("kim", 2));
    }
}
