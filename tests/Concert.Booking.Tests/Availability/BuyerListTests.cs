using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Availability;

[Trait("Rule", "R-BUYERS")]
public sealed class BuyerListTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private IBuyerList List => _world.Get<IBuyerList>();

    private async Task<Paged<ReservationView>> PageAsync(string? statuses = null, string? continuation = null, int limit = 100) =>
        (await List.ListAsync(World.ScheduleId, statuses, continuation, limit, CancellationToken.None)).Value;

    private async Task<RefusalCode> RefusedAsync(string schedule = World.ScheduleId, string? statuses = null, string? continuation = null)
    {
        var page = (await List.ListAsync(schedule, statuses, continuation, 10, CancellationToken.None)).Refusal!.Code;
        if (continuation is null)
        {
            (await List.ReadAllAsync(schedule, statuses, CancellationToken.None)).Refusal!.Code.ShouldBe(page);
        }

        return page;
    }

    private async Task<List<BuyerRow>> RowsAsync(string? statuses = null)
    {
        var rows = new List<BuyerRow>();
        await foreach (var row in (await List.ReadAllAsync(World.ScheduleId, statuses, CancellationToken.None)).Value.Rows)
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>In section 1 three holds, a sale and a hold that was cancelled, in section 2 a hold, and two of standing places.</summary>
    private async Task<(string Bought, string Cancelled)> SellAsync()
    {
        await _world.HoldPlacesAsync("floor1", 2);
        await _world.HoldPlacesAsync("floor2", 1);
        var (bought, _) = await _world.BuyAsync("kim", 4);
        for (var n = 1; n <= 3; n++)
        {
            await _world.HoldAsync($"holder{n}", n);
        }

        await _world.Reserve.RequestAsync(new Caller("above"), new ReservationRequest(World.Large.SeatId(7), null, null, null), CancellationToken.None);
        var cancelled = await _world.HoldAsync("lee", 5);
        await _world.Cancellations.RequestAsync(new Caller("lee"), cancelled, CancelRequest.Whole, CancellationToken.None);
        await _world.DrainAsync();
        return (bought, cancelled);
    }

    [Fact]
    public async Task List_All_HasEverybodyInTheOrderOfThePlan()
    {
        var (bought, cancelled) = await SellAsync();

        var page = await PageAsync();

        page.Continuation.ShouldBeNull();
        page.Items.Count.ShouldBe(8);
        page.Items.Take(5).ShouldAllBe(r => r.Seats[0].Section == "Stalls");
        page.Items[5].Seats[0].Section.ShouldBe("Balcony");
        page.Items.Skip(6).ShouldAllBe(r => r.InventoryId == World.Floor.InventoryId);
        page.Items.Select(r => r.UserId).ShouldBe(["kim", "holder1", "holder2", "holder3", "lee", "above", "floor1", "floor2"], ignoreOrder: true);
        var sold = page.Items.Single(r => r.Id == bought);
        (sold.UserId, sold.Status, sold.TotalAmount).ShouldBe(("kim", ReservationStatus.Confirmed, World.SeatPrice));
        page.Items.Single(r => r.Id == cancelled).Cancellation.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(100)]
    public async Task List_InPages_HasEachOnceAndInTheSameOrder(int limit)
    {
        await SellAsync();
        var all = (await PageAsync()).Items.Select(r => r.Id).ToList();

        var ids = new List<string>();
        string? continuation = null;
        do
        {
            var page = await PageAsync(continuation: continuation, limit: limit);
            page.Items.Count.ShouldBeInRange(0, limit);
            ids.AddRange(page.Items.Select(r => r.Id));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        ids.ShouldBe(all);
        (await RowsAsync()).Select(r => r.Reservation.Id).ShouldBe(all);
    }

    [Theory]
    [InlineData("CONFIRMED", 1)]
    [InlineData("HELD", 6)]
    [InlineData("CANCELLED", 1)]
    [InlineData("CONFIRMED,CANCELLED", 2)]
    [InlineData("EXPIRED", 0)]
    [InlineData("PAYING", 0)]
    public async Task List_OfStatuses_HasOnlyThese(string statuses, int count)
    {
        await SellAsync();

        (await PageAsync(statuses)).Items.Count.ShouldBe(count);
        (await RowsAsync(statuses)).Count.ShouldBe(count);
    }

    [Fact]
    public async Task List_Rows_SayWhereTheyAre()
    {
        await SellAsync();

        (await RowsAsync()).Select(r => r.Place).ShouldBe(["Stalls", "Stalls", "Stalls", "Stalls", "Stalls", "Balcony", "Floor", "Floor"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("REJECTED")]
    [InlineData("PENDING")]
    [InlineData("held")]
    [InlineData("HELD,")]
    [InlineData("HELD, CONFIRMED")]
    [InlineData("HELD,HELD,HELD,HELD,HELD,HELD")]
    public async Task List_OfWhatIsNoStatus_IsInvalid(string statuses) => (await RefusedAsync(statuses: statuses)).ShouldBe(RefusalCode.InvalidRequest);

    [Theory]
    [InlineData("x")]
    [InlineData("=")]
    [InlineData("MQ")] // 1
    [InlineData("OS9yOg")] // 9/r:
    [InlineData("MS9zOjAwMDAwMDE")] // 1/s:0000001
    [InlineData("MS9yOmEvYg")] // 1/r:a/b
    public async Task List_FromWhatIsNoContinuation_IsInvalid(string continuation) =>
        (await RefusedAsync(continuation: continuation)).ShouldBe(RefusalCode.InvalidRequest);

    [Fact]
    public async Task List_OfAnUnknownSchedule_IsNotThere()
    {
        (await RefusedAsync(World.ConcertId + "-nobody")).ShouldBe(RefusalCode.NotYours);
        (await RefusedAsync("x")).ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task Rows_WhileTheStoreIsAwayForAMoment_GoOn()
    {
        await SellAsync();
        var failures = 3;
        _world.Store.OnQuery = _ => Fail(failures-- > 0);

        (await RowsAsync()).Count.ShouldBe(8);
    }

    [Fact]
    public async Task Rows_WhileTheStoreStaysAway_EndInAFault()
    {
        await SellAsync();
        _world.Store.OnQuery = _ => Fail(isAway: true);

        await Should.ThrowAsync<StoreUnavailableException>(() => RowsAsync());
    }

    private static void Fail(bool isAway)
    {
        if (isAway)
        {
            throw new StoreUnavailableException("away");
        }
    }

    [Fact]
    public async Task Rows_WhoseReaderHasGone_AreReadNoFurther()
    {
        await SellAsync();
        using var gone = new CancellationTokenSource();
        var rows = (await List.ReadAllAsync(World.ScheduleId, null, gone.Token)).Value.Rows;
        var before = _world.Store.Queried.Ranges;

        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var row in rows)
            {
                await gone.CancelAsync();
            }
        });

        _world.Store.Queried.Ranges.ShouldBe(before + 1);
    }
}
