using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Block;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations.Best;

[Trait("Rule", "R-BEST")]
public sealed class ReserveBestTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private static ReservationRequest Best(int count, string? section = "Stalls", bool? together = null, string? grade = null) =>
        new(null, null, null, null) { ConcertScheduleId = World.ScheduleId, Count = count, Section = section, Grade = grade, Together = together };

    private Task<Result<ReservationView>> AskAsync(Caller caller, ReservationRequest request) => _world.Reserve.RequestAsync(caller, request, CancellationToken.None);

    private Task<Result<ReservationView>> AskAsync(string user, ReservationRequest request) => AskAsync(new Caller(user), request);

    private async Task<ReservationDocument> DecidedAsync(string user, ReservationRequest request)
    {
        var asked = (await AskAsync(user, request)).Value;
        await _world.DrainAsync();
        return _world.Reservation(asked.Id)!;
    }

    [Fact]
    public async Task Request_BestPlaces_AnswersPendingInTheSessionOfTheirOwn()
    {
        var view = (await AskAsync("kim", Best(4))).Value;

        view.Status.ShouldBe(ReservationStatus.Pending);
        view.Seats.ShouldBeEmpty();
        view.TotalAmount.ShouldBeNull();
        var message = _world.Queue.Sent.ShouldHaveSingleItem();
        message.SessionId.ShouldBe($"{World.ScheduleId}:1:{ushort.MaxValue}");
        CommandJson.TryRead(message.Body).ShouldBeOfType<ReserveCommand>().Best.ShouldBe(new WantedPlaces(4, null, false));
        _world.Gate.Owners.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reserve_BestPlaces_HoldsTheMiddleAndThenWhatIsNextToIt()
    {
        var first = await DecidedAsync("kim", Best(4));
        first.Status.ShouldBe(ReservationStatus.Held);
        first.Seats!.Select(seat => seat.Number).ShouldBe([9, 10, 11, 12]);
        first.Total.ShouldBe(4 * World.SeatPrice);
        (await DecidedAsync("lee", Best(2))).Seats!.Select(seat => seat.Number).ShouldBe([7, 8]);
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_BestPlaces_ArePaidCancelledAndChosenAgain()
    {
        await _world.ChargeAsync("kim", 4 * World.SeatPrice);
        var held = (await AskAsync("kim", Best(4))).Value;
        await _world.DrainAsync();
        await _world.AskToPayAsync("kim", held.Id);
        await _world.DrainAsync();
        _world.Reservation(held.Id)!.Status.ShouldBe(ReservationStatus.Confirmed);

        (await _world.Cancellations.RequestAsync(new Caller("kim"), held.Id, Concert.Booking.Reservations.Cancel.CancelRequest.Whole, CancellationToken.None)).Refusal.ShouldBeNull();
        await _world.DrainAsync();
        _world.Balance("kim").ShouldBe(4 * World.SeatPrice);
        (await DecidedAsync("lee", Best(4))).Seats!.Select(seat => seat.Number).ShouldBe([9, 10, 11, 12]);
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_NotSideBySide_SplitsUnlessTheyInsist()
    {
        await _world.HoldAsync("kim", [.. Enumerable.Range(1, 5).Select(i => 3 * i)]);
        await _world.HoldAsync("lee", 18, 19);

        (await DecidedAsync("cho", Best(3, together: true))).Reason.ShouldBe("sold-out");
        (await DecidedAsync("cho", Best(3))).Status.ShouldBe(ReservationStatus.Held);
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_BlockedPlaces_AreNotChosen()
    {
        await _world.Get<IBlockUseCase>().BlockAsync(
            World.ScheduleId, new BlockRequest([.. Enumerable.Range(9, 4).Select(World.Seat)], null, null), null, CancellationToken.None);

        (await DecidedAsync("kim", Best(4))).Seats!.Select(seat => seat.Number).ShouldNotContain(key => key >= 9 && key <= 12);
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_MapIsOld_ChoosesAgain()
    {
        (await DecidedAsync("kim", Best(4))).Status.ShouldBe(ReservationStatus.Held);

        // Another instance, whose own map has never heard of it.
        using var other = new World(_world);
        await other.Get<ISeatMaps>().GetAsync(World.ScheduleId, null, true, CancellationToken.None);
        (await DecidedAsync("lee", Best(4))).Status.ShouldBe(ReservationStatus.Held);
        var asked = (await AskAsync("cho", Best(4))).Value;
        await _world.Queue.DrainAsync(other.Processor);
        _world.Reservation(asked.Id)!.Status.ShouldBe(ReservationStatus.Held);
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_MoreBuyersThanPlacesAllAtOnce_SeatsAllThatCanBeSeated()
    {
        var commands = Enumerable.Range(0, 90).Select(i => new ReserveCommand(
            _world.Minter.NewReservation(World.Large, $"user{i}", _ => ValidRequest.BestShard).ToString(), World.Start, $"user{i}", null, null)
        {
            Best = new WantedPlaces(4, null, false),
        }).ToList();

        // Worse than any queue of sessions: all of them at the same time, and again until it is decided.
        await Task.WhenAll(commands.Select(command => Task.Run(async () =>
        {
            for (var delivery = 1; await _world.HandleAsync(command, delivery) is not ProcessResult.Done; delivery++)
            {
                delivery.ShouldBeLessThan(100);
            }
        })));

        var ends = commands.Select(command => _world.Reservation(command.ReservationId)!).ToList();
        ends.Count(end => end.Status == ReservationStatus.Held).ShouldBe(World.LargeCount / 4);
        ends.Where(end => end.Status == ReservationStatus.Rejected).ShouldAllBe(end => end.Reason == "sold-out");
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_BesideBuyersOfSeats_LosesToNobodyWhileSeatsAreLeft()
    {
        var seats = Enumerable.Range(1, World.SeatCount).Where(seat => seat % 3 == 0).ToList();
        var named = seats.Select(seat => (Command)Section.Reserve(_world.Minter.NewReservation(World.Seats, $"user{seat}", _ => seat), $"user{seat}", World.Start, seat));
        var best = Enumerable.Range(0, 7).Select(i => new ReserveCommand(
            _world.Minter.NewReservation(World.Seats, $"best{i}", _ => ValidRequest.BestShard).ToString(), World.Start, $"best{i}", null, null)
        {
            Best = new WantedPlaces(2, null, false),
        }).ToList();

        await Task.WhenAll(named.Concat(best).Select(command => Task.Run(() => _world.HandleAsync(command))));

        // 20 seats, of which others want 6 at most.
        best.Select(command => _world.Reservation(command.ReservationId)!.Status).ShouldAllBe(status => status == ReservationStatus.Held);
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_DeliveredTwice_HoldsOnce()
    {
        var id = (await AskAsync("kim", Best(4))).Value.Id;
        var command = CommandJson.TryRead(_world.Queue.Sent[0].Body)!;
        await _world.DrainAsync();
        var before = _world.Store.Snapshot();

        (await _world.HandleAsync(command, 2)).ShouldBeOfType<ProcessResult.Done>();

        _world.Store.Snapshot().ShouldBe(before);
        _world.Reservation(id)!.Seats!.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Request_SameKey_IsOneRequest()
    {
        var first = (await AskAsync(new Caller("kim", "key"), Best(2))).Value;
        await _world.DrainAsync();

        (await AskAsync(new Caller("kim", "key"), Best(2))).Value.ShouldBeEquivalentTo(
            (await _world.Reservations.GetAsync(new Caller("kim"), first.Id, CancellationToken.None)).Value);
        foreach (var other in new[] { Best(3), Best(2, "Balcony"), Best(2, together: true) })
        {
            (await AskAsync(new Caller("kim", "key"), other)).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
        }
    }

    [Fact]
    public async Task Request_WhatCannotBe_IsRefusedAndSendsNothing()
    {
        await RefusedAsync(Best(0), RefusalCode.InvalidRequest);
        await RefusedAsync(Best(9), RefusalCode.InvalidRequest);
        await RefusedAsync(Best(2, " "), RefusalCode.InvalidRequest);
        await RefusedAsync(Best(2, "Floor"), RefusalCode.InvalidRequest);
        await RefusedAsync(Best(2, grade: "VIP"), RefusalCode.InvalidRequest);
        await RefusedAsync(Best(2) with { SeatId = World.Seat(1) }, RefusalCode.InvalidRequest);
        await RefusedAsync(Best(2) with { Count = null }, RefusalCode.InvalidRequest);
        await RefusedAsync(Best(2, "Gallery"), RefusalCode.NotYours);
        await RefusedAsync(Best(2) with { ConcertScheduleId = "caaaaaaaa-cccccc" }, RefusalCode.NotYours);
        await RefusedAsync(Best(2) with { ConcertScheduleId = "x" }, RefusalCode.NotYours);
        _world.Queue.Sent.ShouldBeEmpty();
    }

    private async Task RefusedAsync(ReservationRequest request, RefusalCode code) => (await AskAsync("kim", request)).Refusal!.Code.ShouldBe(code);
}
