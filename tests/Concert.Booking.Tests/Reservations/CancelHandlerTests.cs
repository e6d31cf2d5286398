using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

[Trait("Rule", "L4"), Trait("Rule", "R-CANCEL"), Trait("Rule", "R-REFUND")]
public sealed class CancelHandlerTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private async Task<Result<ReservationView>> CancelAsync(string user, string reservation, string? key = null)
    {
        var asked = await _world.Cancellations.RequestAsync(new Caller(user, key), reservation, CancelRequest.Whole, CancellationToken.None);
        await _world.DrainAsync();
        return asked;
    }

    [Fact]
    public async Task Cancel_Hold_PutsTheSeatBackAndOpensItsGate()
    {
        var reservation = await _world.HoldAsync("kim", 1);

        await CancelAsync("kim", reservation);

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Cancelled);
        _world.SeatAt(1).Status.ShouldBe(SeatStatus.Available);
        _world.Gate.Owners.ShouldBeEmpty();
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Cancel_Paid_RefundsInOneEntryThenFreesTheSeat()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1, 2);
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddDays(-3));

        await CancelAsync("kim", reservation);

        _world.Balance("kim").ShouldBe(90_000);
        var refunded = _world.Payment(payment)!;
        refunded.Status.ShouldBe(PaymentStatus.Refunded);
        refunded.Refund.ShouldBe(90_000);
        var cancelled = _world.Reservation(reservation)!;
        cancelled.Status.ShouldBe(ReservationStatus.Cancelled);
        var record = cancelled.Cancellations.ShouldHaveSingleItem();
        record.Refund.ShouldBe(90_000);
        record.By.ShouldBe("kim");
        _world.Store.Find<SeatDocument>(World.Seats.Partition, SeatDocument.IdOf(1)).ShouldBeNull("a seat that nobody has needs no document");
        _world.Gate.Released.ShouldBe([(World.Seat(1), reservation), (World.Seat(2), reservation)], ignoreOrder: true);
        var again = await _world.HoldAsync("lee", 1);
        _world.Reservation(again)!.Status.ShouldBe(ReservationStatus.Held);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Cancel_AcceptedInTimeButHandledAfterTheDeadline_Counts()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddDays(-1));
        await _world.Cancellations.RequestAsync(new Caller("kim"), reservation, CancelRequest.Whole, CancellationToken.None);
        _world.Time.Advance(TimeSpan.FromHours(1));
        await _world.DrainAsync();

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Cancelled);
        _world.Balance("kim").ShouldBe(40_000);
    }

    [Fact]
    public async Task Cancel_AcceptedAfterTheDeadline_OnlySaysWhyAndOnce()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        var before = _world.Reservation(reservation)!;
        var late = new CancelCommand(reservation, World.Schedule.OpenAt.AddHours(-23), "kim", "late", "request");

        (await _world.HandleAsync(late)).ShouldBeOfType<ProcessResult.Done>();
        (await _world.HandleAsync(late)).ShouldBeOfType<ProcessResult.Done>();

        var after = _world.Reservation(reservation)!;
        after.Status.ShouldBe(ReservationStatus.Confirmed);
        after.Reason.ShouldBe("cancel-window-closed");
        after.Cancellations.ShouldBeNull();
        after.History.Count.ShouldBe(before.History.Count + 1);
        _world.SeatAt(1).Status.ShouldBe(SeatStatus.Sold);
        _world.Balance("kim").ShouldBe(0);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Cancel_WhileAPaymentIsHalfDone_FinishesItThenRefunds()
    {
        var (reservation, payment) = await _world.PayHalfwayAsync();
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Paying);

        await _world.HandleAsync(new CancelCommand(reservation, World.Start, "kim", "changed my mind", "request"));

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Cancelled);
        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Refunded);
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        await _world.DrainAsync();
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Cancel_Repeated_RefundsOnce()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        await CancelAsync("kim", reservation);
        var message = _world.Queue.Sent[^1];

        await _world.Processor.ProcessAsync(message, 2, CancellationToken.None);
        await _world.HandleAsync(new CancelCommand(reservation, World.Start, "kim", "again", "request"));

        _world.Balance("kim").ShouldBe(World.SeatPrice);
        _world.Store.All<LedgerDocument>(DocumentContainer.Wallets, "kim", LedgerDocument.Prefix).Count(e => e.Kind == LedgerKind.Refund).ShouldBe(1);
        Invariants.CheckSettled(_world);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Cancel_CrashAtEachStep_IsFinishedByTheRepairTimerAlone(int commit, bool applied)
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1);
        var command = new CancelCommand(reservation, World.Start, "kim", "asked", "request");
        await _world.CrashAtCommitAsync(TestCommands.Message(command), commit, applied);
        Invariants.Check(_world);
        (_world.Reservation(reservation)!.Status == ReservationStatus.Cancelled && _world.Balance("kim") == 0)
            .ShouldBeFalse("who reads CANCELLED has the money");

        _world.Time.Advance(TimeSpan.FromSeconds(30));
        var resumed = await _world.Timers.RepairPaymentsAsync(CancellationToken.None);
        resumed.ShouldBe(commit == 1 && !applied ? 0 : 1);
        await _world.DrainAsync();
        await _world.HandleAsync(command, 2);
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Cancelled);
        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Refunded);
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Cancel_RefundThatIsImpossible_IsPoisonAndKeepsTheSeats()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1);
        var code = World.CodeOf(payment);
        _world.Store.Seed(World.WalletOf("kim"), new PaymentDocument(code, PaymentStatus.Failed, reservation, 1, 0, 0));

        var poison = (await _world.HandleAsync(new CancelCommand(reservation, World.Start, "kim", "asked", "request"))).ShouldBeOfType<ProcessResult.Poison>();

        poison.Reason.ShouldBe("refund-refused");
        _world.SeatAt(1).Status.ShouldBe(SeatStatus.Sold);
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Confirmed);
    }

    [Fact]
    public async Task Cancel_SameKeyAnotherReservation_IsRefusedAndHasNoEffect()
    {
        var one = await _world.HoldAsync("kim", 1);
        var two = await _world.HoldAsync("kim", 2);
        await CancelAsync("kim", one, "key");

        (await CancelAsync("kim", two, "key")).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
        await _world.DrainAsync();

        _world.Reservation(one)!.Status.ShouldBe(ReservationStatus.Cancelled);
        _world.Reservation(two)!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public async Task Cancel_KeyedRepeat_AnswersTheSameAndSendsNothingMore()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        await CancelAsync("kim", reservation, "key");
        var sent = _world.Queue.Sent.Count;

        (await CancelAsync("kim", reservation, "key")).Value.Status.ShouldBe(ReservationStatus.Cancelled);

        _world.Queue.Sent.Count.ShouldBe(sent);
    }

    [Fact]
    public async Task Cancel_KeyedRepeatBeforeItIsHandled_IsOneMessage()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        await _world.Cancellations.RequestAsync(new Caller("kim", "key"), reservation, CancelRequest.Whole, CancellationToken.None);
        await _world.Cancellations.RequestAsync(new Caller("kim", "key"), reservation, CancelRequest.Whole, CancellationToken.None);

        _world.Queue.Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task Cancel_PaidPlaces_GoBackToTheInventory()
    {
        await _world.ChargeAsync("kim", 3 * World.StandingPrice);
        var reservation = await _world.HoldPlacesAsync("kim", 3);
        await _world.AskToPayAsync("kim", reservation);
        await _world.DrainAsync();
        await CancelAsync("kim", reservation);

        _world.Counters(World.Floor).Left.ShouldBe(World.Standing);
        _world.Balance("kim").ShouldBe(3 * World.StandingPrice);
        Invariants.CheckSettled(_world);
    }
}
