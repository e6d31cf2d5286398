using Concert.Booking.Commands;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

[Trait("Rule", "S1"), Trait("Rule", "S3"), Trait("Rule", "R-PERUSER")]
public sealed class ReserveHandlerTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Reserve_Handled_IsListedOnce()
    {
        var command = Section.Reserve(_world.Minter.NewReservation(World.Seats, "kim", _ => 0), "kim", World.Start, 1);
        await _world.HandleAsync(command);
        await _world.HandleAsync(command, 2);

        _world.Store.All<RequestEntryDocument>(DocumentContainer.Wallets, "kim", "req:").ShouldHaveSingleItem().Reservation.ShouldBe(command.ReservationId);
    }

    [Fact]
    public async Task Reserve_Refused_GivesItsGateBackAndNobodyElses()
    {
        await _world.HoldAsync("lee", 2);
        _world.Gate.Lose(World.Seat(2));
        var reservation = await _world.HoldAsync("kim", 1, 2);

        _world.Reservation(reservation)!.Reason.ShouldBe("seat-taken");
        _world.Gate.Owners.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reserve_Held_KeepsItsGate()
    {
        var reservation = await _world.HoldAsync("kim", 1);

        _world.Gate.Owners.ShouldBe(new Dictionary<string, string> { [World.Seat(1)] = reservation });
    }

    [Fact]
    public async Task Reserve_TakesOverAnExpiredHold_OpensTheGateOfItsOtherSeats()
    {
        var old = await _world.HoldAsync("lee", 1, 2);
        _world.Time.Advance(TimeSpan.FromMinutes(5));

        var reservation = await _world.HoldAsync("kim", 1);

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Held);
        _world.Reservation(old)!.Status.ShouldBe(ReservationStatus.Expired);
        _world.Gate.Owners.ShouldBe(new Dictionary<string, string> { [World.Seat(1)] = reservation });
        _world.Gate.Released.ShouldContain((World.Seat(2), old));
        _world.SeatAt(2).Status.ShouldBe(SeatStatus.Available);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_SeatWhosePaymentHasBegun_IsRefusedThoughItsHoldIsOver()
    {
        var (paying, _) = await _world.PayHalfwayAsync("lee");
        _world.Time.Advance(TimeSpan.FromHours(1));

        var id = _world.Minter.NewReservation(World.Seats, "kim", _ => 0);
        await _world.HandleAsync(Section.Reserve(id, "kim", _world.Time.GetUtcNow(), 1));

        _world.Reservation(id)!.Reason.ShouldBe("seat-taken");
        await _world.DrainAsync();
        _world.Reservation(paying)!.Status.ShouldBe(ReservationStatus.Confirmed);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_OverlappingCartsInOppositeOrders_OneHoldsAllAndTheOtherNone()
    {
        for (var round = 0; round < 5; round++)
        {
            var a = Section.Reserve(_world.Minter.NewReservation(World.Large, "kim", _ => 1), "kim", World.Start, 1, 2, 3, 4);
            var b = Section.Reserve(_world.Minter.NewReservation(World.Large, "lee", _ => 4), "lee", World.Start, 4, 3, 2, 1);
            await Task.WhenAll(Task.Run(() => _world.HandleAsync(a)), Task.Run(() => _world.HandleAsync(b)));

            ReservationStatus[] ends = [_world.Reservation(a.ReservationId)!.Status, _world.Reservation(b.ReservationId)!.Status];
            ends.Order().ShouldBe([ReservationStatus.Held, ReservationStatus.Rejected]);
            Invariants.Check(_world);
            var held = ends[0] == ReservationStatus.Held ? a : b;
            await _world.HandleAsync(new CancelCommand(held.ReservationId, World.Start, held.UserId, "again", "request"));
        }
    }

    [Fact]
    public async Task Reserve_ManyBuyersOfOneSeatAtOnce_OneHoldsIt()
    {
        var commands = Enumerable.Range(0, 60)
            .Select(i => Section.Reserve(_world.Minter.NewReservation(World.Seats, $"user{i}", _ => 0), $"user{i}", World.Start, 7)).ToList();

        var results = await Task.WhenAll(commands.Select(c => Task.Run(() => _world.HandleAsync(c))));

        results.ShouldAllBe(r => r is ProcessResult.Done);
        commands.Select(c => _world.Reservation(c.ReservationId)!.Status).Count(s => s == ReservationStatus.Held).ShouldBe(1);
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_MoreBuyersThanPlaces_SellsExactlyAll()
    {
        var commands = Enumerable.Range(0, 50).Select(i => new ReserveCommand(
            _world.Minter.NewReservation(World.Floor, $"user{i}", hash => (int)(hash % 8)).ToString(), World.Start, $"user{i}", null, 1)).ToList();

        var results = await Task.WhenAll(commands.Select(c => Task.Run(() => _world.HandleAsync(c))));

        results.ShouldAllBe(r => r is ProcessResult.Done);
        var ends = commands.Select(c => _world.Reservation(c.ReservationId)!).ToList();
        ends.Count(r => r.Status == ReservationStatus.Held).ShouldBe(World.Standing);
        ends.Where(r => r.Status == ReservationStatus.Rejected).ShouldAllBe(r => r.Reason == "sold-out");
        _world.Counters(World.Floor).Left.ShouldBe(0);
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_OneUserFromManyDevices_NeverPassesTheLimit()
    {
        var commands = Enumerable.Range(1, 12)
            .Select(seat => Section.Reserve(_world.Minter.NewReservation(World.Seats, "kim", _ => seat), "kim", World.Start, seat)).ToList();

        await Task.WhenAll(commands.Select(c => Task.Run(() => _world.HandleAsync(c))));

        var ends = commands.Select(c => _world.Reservation(c.ReservationId)!).ToList();
        ends.Count(r => r.Status == ReservationStatus.Held).ShouldBe(8);
        ends.Count(r => r.Reason == "limit-reached").ShouldBe(4);
        Invariants.Check(_world);
    }

    [Fact]
    public void RequestEntry_Id_IsTheTimeAndTheCode() => new RequestEntryDocument(9_999_999_999_990, "cab-xyz-1.code").Id.ShouldBe("req:0000000000009:code");
}
