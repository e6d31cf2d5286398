using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Operations;
using Concert.Booking.Ports;
using Concert.Booking.Reservations.Block;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Tests.Support;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Webhooks;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Operations;

[Trait("Rule", "R-LIVE")]
public sealed class SaleMonitorTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly World _world = new(("WaitingRoom:MaxActive", "2"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    private async Task<ScheduleLive> WatchAsync() => (await _world.Get<ISaleMonitor>().WatchAsync(World.ScheduleId, Cancel)).Value;

    [Fact]
    public async Task Watch_SaleInFullSwing_CountsPlacesBySection()
    {
        await _world.BuyAsync("kim", 1, 2);
        await _world.HoldAsync("lee", 3);
        await _world.HoldPlacesAsync("min", 4);
        await _world.Get<IBlockUseCase>().BlockAsync(World.ScheduleId, new BlockRequest([World.Seat(7)], null, null), null, Cancel);
        await _world.Get<IBlockUseCase>().BlockAsync(World.ScheduleId, new BlockRequest(null, World.Floor.InventoryId, 5), null, Cancel);

        var live = await WatchAsync();

        live.Sections.ShouldBe(
        [
            new SectionPlaces("Stalls", SectionKind.Seats, 20, 16, 1, 2, 1),
            new SectionPlaces("Balcony", SectionKind.Seats, 300, 300, 0, 0, 0),
            new SectionPlaces("Floor", SectionKind.Standing, 30, 21, 4, 0, 5),
        ]);
        live.Places.ShouldBe(new PlacesView(350, 337, 5, 2, 6));
        (live.SalesPaused, live.CallOff, live.At).ShouldBe((false, null, World.Start.ToUniversalTime()));
    }

    [Fact]
    public async Task Watch_QueueAndLine_AreCountedAndNobodyIsAdmittedByLooking()
    {
        foreach (var user in new[] { "kim", "lee", "min", "sol" })
        {
            (await _world.Get<IQueueUseCases>().JoinAsync(user, World.ConcertId, null, Cancel)).Refusal.ShouldBeNull();
        }

        await _world.ChargeAsync("jun", World.SeatPrice);
        await _world.AskToPayAsync("jun", await _world.HoldAsync("jun", 1));
        _world.Time.Advance(TimeSpan.FromSeconds(7));

        var live = await WatchAsync();

        live.Queue.ShouldBe(new QueueView(1, 7));
        live.Line.ShouldBe(new LineView(0, 2, 2, 2));
        live.Commands.Instance.ShouldNotBeEmpty();

        // Somebody's time is over: looking ends it, and leaves the place to the round that admits.
        _world.Time.Advance(TimeSpan.FromMinutes(11));
        var later = await WatchAsync();
        later.Line!.Active.ShouldBe(0);
    }

    [Fact]
    public async Task Watch_WithinASecond_ReadsNothingAgain()
    {
        await WatchAsync();
        var built = _world.Maps.Built;
        await _world.HoldAsync("kim", 1);
        var before = _world.Store.Queried;

        (await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => WatchAsync()))).ShouldAllBe(live => live.Places.Held == 0);

        _world.Store.Queried.ShouldBe(before);
        _world.Maps.Built.ShouldBe(built);
        _world.Time.Advance(Second);
        (await WatchAsync()).Places.Held.ShouldBe(1);
        _world.Maps.Built.ShouldBe(built + 1, "one section has changed");
    }

    [Fact]
    public async Task Watch_DeadLettersAndEvents_AreLookedAtEveryTenSeconds()
    {
        var hooks = _world.Get<IWebhookUseCases>();
        await hooks.RegisterAsync(new NewWebhook("https://shop.example.com/x", null), null, Cancel);
        _world.Time.Advance(TimeSpan.FromSeconds(4));
        (await WatchAsync()).DeadLetters.ShouldBe(0);
        var held = await _world.HoldAsync("kim", 1);
        await _world.DeadLetterAsync(new ExpireCommand(held, World.Start));
        await _world.Reserve.RequestAsync(new Caller("lee"), new ReservationRequest(World.Seat(2), null, null, null), Cancel);
        _world.Queue.Kill(_world.Queue.Sent[^1], "TTLExpiredException");
        _world.Receivers.Answer = (_, _) => Task.FromResult<WebhookAnswer>(new WebhookAnswer.Failed("503"));
        await _world.Timers.DeliverWebhooksAsync(Cancel);

        _world.Time.Advance(TimeSpan.FromSeconds(9));
        (await WatchAsync()).DeadLetters.ShouldBe(0);
        _world.Time.Advance(Second);
        var live = await WatchAsync();

        live.DeadLetters.ShouldBe(2, "one with its end, and one that waits for it");
        live.Webhooks.ShouldBe(new WebhookBacklog(1, 0));
    }

    [Fact]
    public async Task Watch_PausedAndCalledOff_SaysSo()
    {
        await _world.Get<IScheduleEditor>().ChangeAsync(World.ScheduleId, new ScheduleChange(SalesPaused: true), null, Cancel);
        (await WatchAsync()).SalesPaused.ShouldBeTrue();

        await _world.Get<ICallOffUseCase>().CallOffAsync(World.ScheduleId, new CallOffRequest("Storm"), null, Cancel);
        _world.Time.Advance(TimeSpan.FromSeconds(3));
        var live = await WatchAsync();
        live.CallOff.ShouldBe(new CallOffState(World.Start.ToUniversalTime(), "Storm", null));
        live.Places.Available.ShouldBe(350);
    }

    [Fact]
    public async Task Watch_RoomAwayOrQueueSilent_ShowsTheRest()
    {
        _world.Room.Away = true;
        _world.Queue.IsSilent = true;

        var live = await WatchAsync();

        (live.Line, live.Queue).ShouldBe((null, null));
        live.Places.Total.ShouldBe(350);
    }

    [Fact]
    public async Task Watch_UnknownSchedule_IsNotYours() =>
        (await _world.Get<ISaleMonitor>().WatchAsync("cnowhere-x", Cancel)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
}
