using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Catalog;

[Trait("Rule", "R-LIVE")]
public sealed class ScheduleDirectoryTests : IDisposable
{
    private readonly World _world = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    private async Task<List<ScheduleSummary>> ListAsync(int limit = 100, World? by = null)
    {
        var all = new List<ScheduleSummary>();
        string? continuation = null;
        do
        {
            var page = (await (by ?? _world).Get<IScheduleDirectory>().ListAsync(continuation, limit, Cancel)).Value;
            page.Items.Count.ShouldBeLessThanOrEqualTo(limit);
            all.AddRange(page.Items);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return all;
    }

    private async Task<string> CreateAsync(string? key = null) => (await _world.Get<ICatalogAdmin>().CreateScheduleAsync(
        new NewSchedule(World.ConcertId, World.Start.AddDays(40), World.Start.AddDays(41), World.Start, World.Start.AddDays(40), null, [new NewInventory("Floor", 5, 7)]),
        key,
        Cancel)).Value.Id;

    [Fact]
    public async Task List_ScheduleOfBefore_IsThere()
    {
        var only = (await ListAsync()).ShouldHaveSingleItem();

        only.ShouldBe(new ScheduleSummary(
            World.ScheduleId, World.ConcertId, "Spring", World.Schedule.OpenAt, World.Schedule.CloseAt, World.Schedule.BookingStartAt, World.Schedule.BookingEndAt, false, null));
        await ListAsync();
        _world.Store.Queried.Scans.ShouldBe(1, "the list was completed once");
        using var other = new World(_world);
        (await ListAsync(by: other)).Count.ShouldBe(1);
        _world.Store.Queried.Scans.ShouldBe(1, "by any instance");
    }

    [Fact]
    public async Task List_Many_ComesNewestFirstInPagesAndEachOnce()
    {
        var made = new List<string>();
        for (var n = 0; n < 7; n++)
        {
            _world.Time.Advance(TimeSpan.FromMinutes(1));
            made.Insert(0, await CreateAsync());
        }

        (await ListAsync(3)).Select(s => s.Id).ShouldBe([.. made, World.ScheduleId]);
    }

    [Fact]
    public async Task List_CreatedTwiceUnderOneKey_IsThereOnce()
    {
        var id = await CreateAsync("k1");
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        (await CreateAsync("k1")).ShouldBe(id);

        (await ListAsync()).Select(s => s.Id).ShouldBe([id, World.ScheduleId]);
    }

    [Fact]
    public async Task List_EndedPausedOrCalledOff_IsThereAsItStands()
    {
        await _world.Get<IScheduleEditor>().ChangeAsync(World.ScheduleId, new ScheduleChange(SalesPaused: true), null, Cancel);
        (await ListAsync()).Single().SalesPaused.ShouldBeTrue();
        await _world.Get<ICallOffUseCase>().CallOffAsync(World.ScheduleId, new CallOffRequest("Storm"), null, Cancel);
        _world.Time.Advance(TimeSpan.FromDays(400));

        (await ListAsync()).Single().CalledOff!.Reason.ShouldBe("Storm");
    }

    [Fact]
    public async Task List_CreationThatDied_IsLeftOut()
    {
        _world.Store.OnCommit = (_, operations) => operations.Any(o => o.Id.StartsWith("sched:", StringComparison.Ordinal)) ? CommitFault.CrashBefore : CommitFault.None;
        await Should.ThrowAsync<Ports.StoreUnavailableException>(() => CreateAsync());
        _world.Store.OnCommit = null;

        (await ListAsync()).Select(s => s.Id).ShouldBe([World.ScheduleId]);
    }

    [Fact]
    public async Task List_ContinuationThatIsNone_IsInvalid() =>
        (await _world.Get<IScheduleDirectory>().ListAsync("bm9uc2Vuc2U", 10, Cancel)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
}
