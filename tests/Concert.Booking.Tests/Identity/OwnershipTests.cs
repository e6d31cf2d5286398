using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Identity;

/// <summary>What is stored is its owner's, whatever becomes of the signing keys.</summary>
[Trait("Rule", "R-OWNER")]
public sealed class OwnershipTests : IDisposable
{
    private static readonly Caller Kim = new("kim");
    private static readonly Caller Lee = new("lee");

    private readonly World _world = new();
    private readonly World _rotated;

    /// <summary>Both keys are others than those that signed: two rotations, or one after a leak.</summary>
    public OwnershipTests() => _rotated = new World(
        _world, ("WaitingRoom:SigningKey", new string('y', 32)), ("WaitingRoom:PreviousSigningKey", new string('x', 32)));

    public void Dispose()
    {
        _rotated.Dispose();
        _world.Dispose();
    }

    [Fact]
    public async Task Get_AfterBothKeysChanged_ShowsReservationPaymentAndRefund()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1);

        (await _rotated.Reservations.GetAsync(Kim, reservation, CancellationToken.None)).Value.Status.ShouldBe(ReservationStatus.Confirmed);
        (await _rotated.Reservations.ListAsync(Kim, null, 10, CancellationToken.None)).Value.Items.ShouldHaveSingleItem().Id.ShouldBe(reservation);
        (await _rotated.Payments.GetAsync(Kim, payment, CancellationToken.None)).Value.Status.ShouldBe(PaymentStatus.Completed);
        (await _rotated.Payments.ListAsync(Kim, null, 10, CancellationToken.None)).Value.Items.ShouldHaveSingleItem().Id.ShouldBe(payment);

        (await _rotated.Cancellations.RequestAsync(Kim, reservation, CancelRequest.Whole, CancellationToken.None)).Refusal.ShouldBeNull();
        await _rotated.DrainAsync();

        (await _rotated.Payments.GetAsync(Kim, payment, CancellationToken.None)).Value.Status.ShouldBe(PaymentStatus.Refunded);
        (await _rotated.Reservations.GetAsync(Kim, reservation, CancellationToken.None)).Value.Cancellation!.RefundAmount.ShouldBe(World.SeatPrice);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pay_HoldOfBeforeBothKeysChanged_IsPaid(bool bySeat)
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1);

        var paid = await _rotated.Pay.RequestAsync(
            Kim, bySeat ? new PaymentRequest(null, World.Seat(1)) : new PaymentRequest(reservation, null), CancellationToken.None);
        await _rotated.DrainAsync();

        (await _rotated.Payments.GetAsync(Kim, paid.Value.Id, CancellationToken.None)).Value.Status.ShouldBe(PaymentStatus.Completed);
    }

    [Fact]
    public async Task Get_PaymentThatHasBegun_IsPendingByItsReservation()
    {
        var (reservation, payment) = await _world.PayHalfwayAsync();

        (await _rotated.Payments.GetAsync(Kim, payment, CancellationToken.None)).Value.Status.ShouldBe(PaymentStatus.Pending);
        (await _rotated.Payments.GetAsync(Lee, payment, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task Get_NothingWritten_IsAnsweredForByTheTagAlone()
    {
        var pending = (await _world.Reserve.RequestAsync(Kim, new ReservationRequest(World.Seat(1), null, null, null), CancellationToken.None)).Value.Id;

        (await _world.Reservations.GetAsync(Kim, pending, CancellationToken.None)).Value.Status.ShouldBe(ReservationStatus.Pending);
        (await _rotated.Reservations.GetAsync(Kim, pending, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        await _rotated.DrainAsync();
        (await _rotated.Reservations.GetAsync(Kim, pending, CancellationToken.None)).Value.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public async Task Request_RepeatedAcrossARotation_IsTheFirst()
    {
        var caller = new Caller("kim", "key");
        var request = new ReservationRequest(World.Seat(1), null, null, null);
        var first = (await _world.Reserve.RequestAsync(caller, request, CancellationToken.None)).Value.Id;

        (await _rotated.Reserve.RequestAsync(caller, request, CancellationToken.None)).Value.Id.ShouldBe(first);
        await _rotated.DrainAsync();

        (await _rotated.Reserve.RequestAsync(caller, request, CancellationToken.None)).Value.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public async Task Documents_OfAnother_AreNobodysThoughTheTagIsForged()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1);
        var hold = await _world.HoldAsync("kim", 2);
        await _world.ChargeAsync("lee", World.SeatPrice);

        (await _world.Reservations.GetAsync(Lee, reservation, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await _world.Payments.GetAsync(Lee, payment, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await _world.Cancellations.RequestAsync(Lee, reservation, CancelRequest.Whole, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await _world.Pay.RequestAsync(Lee, new PaymentRequest(hold, null), CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);

        // Accepted while nothing was written, by somebody who knows the signing key.
        await _world.HandleAsync(new CancelCommand(reservation, World.Start, "lee", "forged", "request"));
        await _world.HandleAsync(new CancelCommand(hold, World.Start, "lee", "forged", "request"));
        var forged = _world.Minter.NewPayment(World.Parse(hold), "lee");
        await _world.HandleAsync(new PayCommand(hold, World.Start, "lee", forged.ToString(), null));

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Confirmed);
        _world.Reservation(reservation)!.Reason.ShouldBeNull();
        _world.Reservation(hold)!.Status.ShouldBe(ReservationStatus.Held);
        _world.Payment(forged.ToString())!.Reason.ShouldBe("not-yours");
        _world.Payment(forged.ToString())!.Amount.ShouldBe(0);
        _world.Balance("lee").ShouldBe(World.SeatPrice);
    }
}
