using System.Text.Json;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Block;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

[Trait("Rule", "R-BLOCK"), Trait("Rule", "S4")]
public sealed class BlockTests : IDisposable
{
    private readonly World _world = new();

    private IBlockUseCase Block => _world.Get<IBlockUseCase>();

    public void Dispose() => _world.Dispose();

    private static BlockRequest Seats(params int[] seats) => new([.. seats.Select(World.Seat)], null, null);

    private static BlockRequest Places(int quantity) => new(null, World.Floor.InventoryId, quantity);

    private Task<Result<BlockedView>> BlockAsync(BlockRequest request, string? key = null) =>
        Block.BlockAsync(World.ScheduleId, request, key, CancellationToken.None);

    private Task<Result<BlockedView>> UnblockAsync(BlockRequest request, string? key = null) =>
        Block.UnblockAsync(World.ScheduleId, request, key, CancellationToken.None);

    private async Task<List<string?>> StatusesAsync()
    {
        var map = (await _world.Get<ISeatMaps>().GetAsync(World.ScheduleId, "Stalls", true, CancellationToken.None)).Value;
        using var json = JsonDocument.Parse(map.Json.SelectMany(part => part.ToArray()).ToArray());
        return [.. json.RootElement.GetProperty("seats").EnumerateArray().Select(s => s.GetProperty("status").GetString())];
    }

    private async Task<ScheduleReport> ReportAsync() => (await _world.Get<IScheduleReports>().ReportAsync(World.ScheduleId, CancellationToken.None)).Value;

    [Fact]
    public async Task Block_Seats_AreNobodysAndNotOnSale()
    {
        (await BlockAsync(Seats(2, 1))).Value.SeatIds.ShouldBe([World.Seat(1), World.Seat(2)]);

        (await StatusesAsync()).Take(3).ShouldBe(["BLOCKED", "BLOCKED", "AVAILABLE"]);
        _world.Reservation(await _world.HoldAsync("kim", 1))!.Reason.ShouldBe("seat-taken");
        _world.Reservation(await _world.HoldAsync("kim", 3, 2))!.Reason.ShouldBe("seat-taken");
        var report = await ReportAsync();
        (report.Blocked, report.Available, report.ReservedSeats).ShouldBe((2, report.TotalSeats - 2, 0));
        (await _world.Get<ICatalogQueries>().ListSchedulesAsync(World.ConcertId, CancellationToken.None)).Value.ShouldHaveSingleItem().ReservedSeats.ShouldBe(0);

        (await UnblockAsync(Seats(1))).Refusal.ShouldBeNull();
        (await StatusesAsync()).Take(3).ShouldBe(["AVAILABLE", "BLOCKED", "AVAILABLE"]);
        _world.Gate.Flush();
        _world.Reservation(await _world.HoldAsync("kim", 1))!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public async Task Block_Places_AreCountedApart()
    {
        await _world.HoldPlacesAsync("kim", 8);
        await BlockAsync(Places(20));

        _world.Counters(World.Floor).ShouldBe(new CountersDocument(World.Standing - 28, 8, 0) { Blocked = 20 });
        _world.Reservation(await _world.HoldPlacesAsync("lee", 3))!.Reason.ShouldBe("sold-out");
        (await ReportAsync()).Blocked.ShouldBe(20);

        await UnblockAsync(Places(5));
        _world.Counters(World.Floor).Blocked.ShouldBe(15);
        _world.Reservation(await _world.HoldPlacesAsync("lee", 3))!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public async Task Block_WhatIsHeldSoldOrBlocked_IsRefusedAsAWhole()
    {
        await _world.HoldAsync("kim", 1);
        await _world.BuyAsync("lee", 2);
        await BlockAsync(Seats(3));
        await _world.HoldPlacesAsync("kim", 3);
        var before = _world.Store.Snapshot();

        foreach (var taken in new[] { 1, 2, 3 })
        {
            (await BlockAsync(Seats(4, taken))).Refusal!.Code.ShouldBe(RefusalCode.SeatTaken);
        }

        (await UnblockAsync(Seats(3, 4))).Refusal!.Code.ShouldBe(RefusalCode.SeatTaken);
        (await UnblockAsync(Seats(1))).Refusal!.Code.ShouldBe(RefusalCode.SeatTaken);
        (await BlockAsync(Places(World.Standing - 2))).Refusal!.Code.ShouldBe(RefusalCode.SoldOut);
        (await UnblockAsync(Places(1))).Refusal!.Code.ShouldBe(RefusalCode.SoldOut);
        _world.Store.Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task Block_ThatIsWrong_IsRefused()
    {
        async Task ShouldBeAsync(RefusalCode code, BlockRequest request) => (await BlockAsync(request)).Refusal!.Code.ShouldBe(code);

        await ShouldBeAsync(RefusalCode.InvalidRequest, new BlockRequest(null, null, null));
        await ShouldBeAsync(RefusalCode.InvalidRequest, new BlockRequest([World.Seat(1)], World.Floor.InventoryId, 1));
        await ShouldBeAsync(RefusalCode.InvalidRequest, new BlockRequest([], null, null));
        await ShouldBeAsync(RefusalCode.InvalidRequest, Seats(1, 1));
        await ShouldBeAsync(RefusalCode.InvalidRequest, new BlockRequest([World.Seat(1), World.Large.SeatId(1)], null, null));
        await ShouldBeAsync(RefusalCode.InvalidRequest, new BlockRequest([.. Enumerable.Range(1, 91).Select(World.Large.SeatId)], null, null));
        await ShouldBeAsync(RefusalCode.InvalidRequest, Places(0));
        await ShouldBeAsync(RefusalCode.InvalidRequest, new BlockRequest(null, World.Floor.InventoryId, null));
        await ShouldBeAsync(RefusalCode.InvalidRequest, new BlockRequest(null, null, 5));
        await ShouldBeAsync(RefusalCode.NotYours, Seats(21));
        await ShouldBeAsync(RefusalCode.NotYours, new BlockRequest(["nonsense"], null, null));
        await ShouldBeAsync(RefusalCode.NotYours, new BlockRequest(null, "nonsense", 1));
        await ShouldBeAsync(RefusalCode.NotYours, new BlockRequest(null, $"{World.ScheduleId}-g9", 1));
        await ShouldBeAsync(RefusalCode.NotYours, new BlockRequest(["caaaaaaaa-cccccc-1-1"], null, null));
        (await BlockAsync(new BlockRequest([.. Enumerable.Range(1, 90).Select(World.Large.SeatId)], null, null))).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Block_SameKey_IsOneBlockOrAMismatch()
    {
        await BlockAsync(Places(5), "key");
        await BlockAsync(Seats(1), "seat");
        var before = _world.Store.Snapshot();

        (await BlockAsync(Places(5), "key")).Value.Quantity.ShouldBe(5);
        (await BlockAsync(Seats(1), "seat")).Refusal.ShouldBeNull("it is blocked because of this very call");
        (await BlockAsync(Places(6), "key")).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
        _world.Store.Snapshot().ShouldBe(before);

        (await UnblockAsync(Places(5), "key")).Refusal.ShouldBeNull("keys of different operations know nothing of each other");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Block_CrashAnywhere_IsDoneOnceAfterTheRepeat(int crash)
    {
        var seen = 0;
        _world.Store.OnCommit = (_, _) => ++seen == crash ? CommitFault.CrashAfter : CommitFault.None;
        await Should.ThrowAsync<StoreUnavailableException>(() => BlockAsync(Places(5), "key"));
        _world.Store.OnCommit = null;

        (await BlockAsync(Places(5), "key")).Refusal.ShouldBeNull();

        _world.Counters(World.Floor).Blocked.ShouldBe(5);
    }

    [Fact]
    public async Task Block_AgainstAHold_OneOfThemWins()
    {
        for (var round = 1; round <= World.SeatCount; round++)
        {
            var seat = round;
            var asked = (await _world.Reserve.RequestAsync(new Caller($"u{round}"), new ReservationRequest(World.Seat(seat), null, null, null), CancellationToken.None)).Value;
            var block = Task.Run(() => BlockAsync(Seats(seat)));
            await Task.Run(_world.DrainAsync);
            var isBlocked = (await block).Refusal is null;

            (_world.Reservation(asked.Id)!.Status == ReservationStatus.Held).ShouldBe(!isBlocked);
            _world.SeatAt(seat).Status.ShouldBe(isBlocked ? SeatStatus.Blocked : SeatStatus.Held);
        }
    }
}
