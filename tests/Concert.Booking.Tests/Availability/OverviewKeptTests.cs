using Concert.Booking.Availability;
using Concert.Booking.Catalog;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Availability;

public sealed class OverviewKeptTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private async Task<SeatMap> OverviewAsync() => (await _world.Get<ISeatMaps>().OverviewAsync(World.ScheduleId, CancellationToken.None)).Value;

    [Fact]
    public async Task Overview_NothingChanged_IsTheSameObject()
    {
        var first = await OverviewAsync();

        (await OverviewAsync()).ShouldBeSameAs(first);
    }

    [Fact]
    public async Task Overview_SeatOrPlaceTaken_IsAnotherOne()
    {
        var first = await OverviewAsync();
        await _world.HoldAsync("kim", 1);
        var second = await OverviewAsync();
        await _world.HoldPlacesAsync("lee", 1);
        var third = await OverviewAsync();

        new[] { first.ETag, second.ETag, third.ETag }.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Overview_ScheduleChanged_IsAnotherOne()
    {
        var first = await OverviewAsync();
        await _world.Get<IScheduleEditor>().ChangeAsync(World.ScheduleId, new ScheduleChange(MaxPerUser: 3), null, CancellationToken.None);

        (await OverviewAsync()).ETag.ShouldNotBe(first.ETag);
    }
}
