using Concert.Booking.Ports;
using Concert.Contracts;
using Concert.Embedded.Catalog;
using Concert.Embedded.Reservations;
using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Contracts;

public sealed class EmbeddedSeatGateContractTests : SeatGateContract
{
    private readonly FakeTimeProvider _time = new(Folder.Start);

    public EmbeddedSeatGateContractTests() => Gate = new EmbeddedSeatGate(_time);

    protected override ISeatGate Gate { get; }

    protected override Task AdvanceAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}

public sealed class MemorySeatMapCacheContractTests : SeatMapCacheContract
{
    protected override ISeatMapCache Cache { get; } = new MemorySeatMapCache(TimeProvider.System);

    [Fact]
    public async Task ChangeAsync_Conflict_KeepsWhatIsKnown()
    {
        var before = await GetAsync();
        await ChangeAsync(new CommitResult.Conflict(0, ConflictKind.Changed));

        (await GetAsync()).ShouldBe(before);
    }

    /// <summary>The store may show the change before the call that made it is over: who has seen it there must not be shown a map from before.</summary>
    [Fact]
    public async Task GetAsync_WhileAChangeIsBeingMade_ShowsNothingFromBefore()
    {
        await GetAsync();
        var gate = new TaskCompletionSource();
        var change = ChangeAsync(gate: gate.Task);

        (await GetAsync()).ShouldBe("1 좌석 2");
        (await GetAsync()).ShouldBe("1 좌석 3");
        gate.SetResult();
        await change;

        (await GetAsync()).ShouldBe("1 좌석 4");
        (await GetAsync()).ShouldBe("1 좌석 4");
    }

    [Fact]
    public async Task GetAsync_ManyWhileAChangeIsBeingMade_WaitForOneBuildAndShareTheNext()
    {
        var gate = new TaskCompletionSource();
        var change = ChangeAsync(gate: gate.Task);
        var first = GetAsync(gate: gate.Task);

        var others = Enumerable.Range(0, 50).Select(_ => GetAsync()).ToList();
        gate.SetResult();
        await change;

        (await first).ShouldBe("1 좌석 1");
        (await Task.WhenAll(others)).ShouldAllBe(content => content == "1 좌석 2");
    }

    [Fact]
    public async Task GetAsync_MoreSectionsThanAreKept_TheNewestAreKept()
    {
        var cache = new MemorySeatMapCache(TimeProvider.System, capacity: 4);
        foreach (var section in new[] { "1", "2", "3", "4", "5", "5" })
        {
            await cache.GetAsync(Schedule, [section], Build(), TestContext.Current.CancellationToken);
        }

        Built.ShouldBe(5);
        await cache.GetAsync(Schedule, ["1"], Build(), TestContext.Current.CancellationToken);
        Built.ShouldBe(6);
    }
}
