using Concert.Api.Streams;
using Concert.Booking.Availability;
using Concert.Booking.Ports;
using Concert.Contracts;
using Concert.Testing.Fakes;

namespace Concert.Api.Tests.Streams;

public sealed class TellingSeatMapCacheContractTests : SeatMapCacheContract
{
    protected override ISeatMapCache Cache { get; } = new TellingSeatMapCache(new FakeSeatMapCache(), new WatchedSchedules(TimeProvider.System));
}

public sealed class TellingSeatMapCacheTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly WatchedSchedules _watches;
    private readonly TellingSeatMapCache _maps;
    private readonly WatchedSchedule _watch;

    public TellingSeatMapCacheTests()
    {
        _watches = new WatchedSchedules(_time);
        _maps = new TellingSeatMapCache(new FakeSeatMapCache(), _watches);
        _watch = _watches.Join("c1-s1", new MapOutline(new Dictionary<string, string> { ["1"] = "A" }));
    }

    public static TheoryData<CommitResult?, bool> Outcomes => new()
    {
        { new CommitResult.Committed([]), true },
        { new CommitResult.Unavailable(OutcomeUnknown: true, "?"), true },
        { null, true },
        { new CommitResult.Unavailable(OutcomeUnknown: false, "no"), false },
        { new CommitResult.Conflict(0, ConflictKind.Changed), false },
    };

    [Theory]
    [MemberData(nameof(Outcomes))]
    public async Task Change_Made_IsToldUnlessItCertainlyWasNot(CommitResult? outcome, bool isTold)
    {
        var seen = _watch.Revision;
        var change = _maps.ChangeAsync("c1-s1", "1", () => outcome is null ? Task.FromException<CommitResult>(new IOException("lost")) : Task.FromResult(outcome));
        _ = await Record.ExceptionAsync(() => change);
        _watch.Revise();
        (_watch.EventAfter(seen) is not null).ShouldBe(isTold);
    }

    [Fact]
    public async Task Change_OnItsWay_IsToldOnlyOnceReadersSeeIt()
    {
        var seen = _watch.Revision;
        var gate = new TaskCompletionSource<CommitResult>();
        var change = _maps.ChangeAsync("c1-s1", "1", () => gate.Task);
        _watch.Revise();
        _watch.EventAfter(seen).ShouldBeNull();
        gate.SetResult(new CommitResult.Committed([]));
        await change;
        _watch.Revise();
        _watch.EventAfter(seen).ShouldNotBeNull();
    }

    [Fact]
    public void Watch_LeftByTheLast_IsForgotten()
    {
        var again = _watches.Join("c1-s1", new MapOutline(new Dictionary<string, string>()));
        again.ShouldBeSameAs(_watch);
        _watches.Leave(again);
        _watches.All.ShouldBe([_watch]);
        _watches.Leave(_watch);
        _watches.All.ShouldBeEmpty();
    }
}
