using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Payments;

[Trait("Rule", "R-HIDDEN"), Trait("Rule", "R-POOR")]
public sealed class PayUseCaseTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private Task<Result<PaymentView>> PayAsync(string user, string? reservation, string? seat = null, string? key = null) =>
        _world.Pay.RequestAsync(new Caller(user, key, TestCommands.Token(user)), new PaymentRequest(reservation, seat), CancellationToken.None);

    private async Task<RefusalCode> RefusedAsync(string user, string? reservation, string? seat = null)
    {
        var sent = _world.Queue.Sent.Count;
        var refusal = (await PayAsync(user, reservation, seat)).Refusal!;
        _world.Queue.Sent.Count.ShouldBe(sent);
        return refusal.Code;
    }

    [Fact]
    public async Task Pay_Hold_AnswersPendingWithTheReceiptToBe()
    {
        await _world.ChargeAsync("kim", 2 * World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1, 2);

        var view = (await PayAsync("kim", reservation)).Value;

        view.Status.ShouldBe(PaymentStatus.Pending);
        view.ReservationId.ShouldBe(reservation);
        view.SeatNumbers.ShouldBe(["1", "2"]);
        view.ConcertName.ShouldBe("Spring");
        view.OpenDate.ShouldBe(World.Schedule.OpenAt);
        view.CloseDate.ShouldBe(World.Schedule.CloseAt);
        view.TotalAmount.ShouldBe(2 * World.SeatPrice);
        view.CreatedAt.ShouldBe(World.Start);
        view.CompletedAt.ShouldBeNull();
        view.InventoryId.ShouldBeNull();
        var command = CommandJson.TryRead(_world.Queue.Sent[^1].Body).ShouldBeOfType<PayCommand>();
        command.PaymentId.ShouldBe(view.Id);
        command.AcceptedAt.ShouldBe(World.Start);
        command.Token.ShouldBe(TestCommands.Token());
        _world.Queue.Sent[^1].SessionId.ShouldBe(_world.Queue.Sent[0].SessionId, "in the session of its hold");
    }

    [Fact]
    public async Task Pay_BySeat_PaysTheCallersHoldOnIt()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1);

        (await PayAsync("kim", null, World.Seat(1))).Value.ReservationId.ShouldBe(reservation);
        (await RefusedAsync("lee", null, World.Seat(1))).ShouldBe(RefusalCode.NotYours);
        (await RefusedAsync("kim", null, World.Seat(2))).ShouldBe(RefusalCode.NotYours);
        (await RefusedAsync("kim", null, "nonsense")).ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task Pay_SeatThatIsFreeAgain_IsNobodys()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        await _world.HandleAsync(new CancelCommand(reservation, World.Start, "kim", "asked", "request"));

        (await RefusedAsync("kim", null, World.Seat(1))).ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task Pay_NeitherOrBoth_IsInvalid()
    {
        (await RefusedAsync("kim", null)).ShouldBe(RefusalCode.InvalidRequest);
        (await RefusedAsync("kim", "x", World.Seat(1))).ShouldBe(RefusalCode.InvalidRequest);
    }

    [Fact]
    public async Task Pay_AnothersOrMadeUp_IsNobodys()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        (await RefusedAsync("lee", reservation)).ShouldBe(RefusalCode.NotYours);
        (await RefusedAsync("kim", "nonsense")).ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task Pay_NotEnoughBalance_IsRefusedAtOnce()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        (await RefusedAsync("kim", reservation)).ShouldBe(RefusalCode.InsufficientBalance);
        await _world.ChargeAsync("kim", World.SeatPrice - 1);
        (await RefusedAsync("kim", reservation)).ShouldBe(RefusalCode.InsufficientBalance);
        await _world.ChargeAsync("kim", 1);
        (await PayAsync("kim", reservation)).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Pay_AtTheEndOfTheHold_IsRefused()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1);
        _world.Time.Advance(TimeSpan.FromMinutes(5));
        (await RefusedAsync("kim", reservation)).ShouldBe(RefusalCode.HoldExpired);
        _world.Time.AdjustTime(_world.Time.GetUtcNow().AddMilliseconds(-1));
        (await PayAsync("kim", reservation)).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Pay_Paid_IsRefused()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        (await RefusedAsync("kim", reservation)).ShouldBe(RefusalCode.AlreadyPaid);
    }

    [Fact]
    public async Task Pay_Cancelled_IsRefused()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        await _world.HandleAsync(new CancelCommand(reservation, World.Start, "kim", "asked", "request"));
        (await RefusedAsync("kim", reservation)).ShouldBe(RefusalCode.HoldExpired);
    }

    [Fact]
    public async Task Pay_HoldStillPending_IsHandledAfterIt()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var asked = (await _world.Reserve.RequestAsync(
            new Caller("kim"), new ReservationRequest(World.Seat(1), null, null, null), CancellationToken.None)).Value;
        var payment = (await PayAsync("kim", asked.Id)).Value;
        await _world.DrainAsync();

        _world.Payment(payment.Id)!.Status.ShouldBe(PaymentStatus.Completed);
        _world.Time.Advance(TimeSpan.FromDays(8));
        var never = _world.Minter.NewReservation(World.Seats, "kim", _ => 0).ToString();
        _world.Time.Advance(TimeSpan.FromDays(7));
        (await RefusedAsync("kim", never)).ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task Pay_KeyedRepeat_IsTheSamePaymentBeforeAndAfter()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1);
        var first = (await PayAsync("kim", reservation, key: "key")).Value;
        (await PayAsync("kim", reservation, key: "key")).Value.Id.ShouldBe(first.Id);
        _world.Queue.Waiting.ShouldBe(1);
        await _world.DrainAsync();

        var after = (await PayAsync("kim", reservation, key: "key")).Value;

        after.Id.ShouldBe(first.Id);
        after.Status.ShouldBe(PaymentStatus.Completed);
        (await PayAsync("kim", null, World.Seat(1), "key")).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
    }

    [Fact]
    public async Task Pay_QueueAway_IsUnavailable()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1);
        _world.Queue.Away = true;
        (await PayAsync("kim", reservation)).Refusal!.Code.ShouldBe(RefusalCode.Unavailable);
    }

    [Fact]
    public async Task Get_Completed_IsTheReceipt()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1);

        var view = (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Value;

        view.Status.ShouldBe(PaymentStatus.Completed);
        view.CompletedAt.ShouldBe(World.Start);
        view.TotalAmount.ShouldBe(World.SeatPrice);
        view.SeatNumbers.ShouldBe(["1"]);
        view.ReservationId.ShouldBe(reservation);
        view.RefundAmount.ShouldBeNull();
    }

    [Fact]
    public async Task Get_MoneyTakenAndSeatsNotSoldYet_IsStillPending()
    {
        var (reservation, payment) = await _world.PayHalfwayAsync(until: "s:");
        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Completed);

        var view = (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Value;

        view.Status.ShouldBe(PaymentStatus.Pending);
        view.CompletedAt.ShouldBeNull();
    }

    [Fact]
    public async Task Get_Failed_SaysWhyAndHasNoCompletion()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var one = await _world.HoldAsync("kim", 1);
        var two = await _world.HoldAsync("kim", 2);
        await _world.AskToPayAsync("kim", one);
        var payment = await _world.AskToPayAsync("kim", two);
        await _world.DrainAsync();

        var view = (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Value;

        view.Status.ShouldBe(PaymentStatus.Failed);
        view.Reason.ShouldBe("insufficient-balance");
        view.CompletedAt.ShouldBeNull();
    }

    [Fact]
    public async Task Get_Refunded_ShowsHowMuch()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1);
        await _world.HandleAsync(new CancelCommand(reservation, World.Start, "kim", "asked", "request"));

        var view = (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Value;

        view.Status.ShouldBe(PaymentStatus.Refunded);
        view.RefundAmount.ShouldBe(World.SeatPrice);
        view.CompletedAt.ShouldBe(World.Start);
    }

    [Fact]
    public async Task Get_AnothersOrMadeUpOrOld_IsNobodys()
    {
        var reservation = _world.Minter.NewReservation(World.Seats, "kim", _ => 0);
        var payment = _world.Minter.NewPayment(reservation, "kim").ToString();

        (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Value.Status.ShouldBe(PaymentStatus.Pending);
        (await _world.Payments.GetAsync(new Caller("lee"), payment, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await _world.Payments.GetAsync(new Caller("kim"), "nonsense", CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        _world.Time.Advance(TimeSpan.FromDays(7));
        (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task List_Mine_IsNewestFirstWithFailures()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var one = await _world.HoldAsync("kim", 1);
        var two = await _world.HoldAsync("kim", 2);
        var paid = await _world.AskToPayAsync("kim", one);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        var failed = await _world.AskToPayAsync("kim", two);
        await _world.DrainAsync();

        var page = (await _world.Payments.ListAsync(new Caller("kim"), null, 1, CancellationToken.None)).Value;
        page.Items.ShouldHaveSingleItem().Id.ShouldBe(failed);
        page.Items[0].CreatedAt.ShouldBe(World.Start.AddSeconds(1));
        var next = (await _world.Payments.ListAsync(new Caller("kim"), page.Continuation, 1, CancellationToken.None)).Value;
        next.Items.ShouldHaveSingleItem().Id.ShouldBe(paid);
        (await _world.Payments.ListAsync(new Caller("kim"), "cmVxOjEx", 1, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        (await _world.Payments.ListAsync(new Caller("lee"), null, 1, CancellationToken.None)).Value.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pay_Places_SellsTheQuantity()
    {
        await _world.ChargeAsync("kim", 3 * World.StandingPrice);
        var reservation = await _world.HoldPlacesAsync("kim", 3);
        var payment = await _world.AskToPayAsync("kim", reservation);
        await _world.DrainAsync();

        var view = (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Value;
        view.InventoryId.ShouldBe(World.Floor.InventoryId);
        view.Quantity.ShouldBe(3);
        view.SeatNumbers.ShouldBeEmpty();
        _world.Counters(World.Floor).Sold.ShouldBe(3);
        Invariants.CheckSettled(_world);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("key")]
    public async Task Get_StillPending_WasCreatedWhenItWasAskedFor(string? key)
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var payment = (await PayAsync("kim", await _world.HoldAsync("kim", 1), key: key)).Value;
        _world.Time.Advance(TimeSpan.FromSeconds(60));

        var view = (await _world.Payments.GetAsync(new Caller("kim"), payment.Id, CancellationToken.None)).Value;

        view.Status.ShouldBe(PaymentStatus.Pending);
        view.CreatedAt.ShouldBe(World.Start);
    }
}
