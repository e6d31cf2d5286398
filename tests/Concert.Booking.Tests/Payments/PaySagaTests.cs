using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.Tests.Support;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Payments;

public sealed class PaySagaTests : IDisposable
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
        _world.Counters(World.Seats).Sold.ShouldBe(2);
        _world.Balance("kim").ShouldBe(0);
        var paid = _world.Payment(payment)!;
        paid.Status.ShouldBe(PaymentStatus.Completed);
        paid.Amount.ShouldBe(2 * World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Pay_NotEnoughBalance_GivesTheHoldBackWithItsOldEnd()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var first = await _world.HoldAsync("kim", 1);
        var second = await _world.HoldAsync("kim", 2);
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
}
