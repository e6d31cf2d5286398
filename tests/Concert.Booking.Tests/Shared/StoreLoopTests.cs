using Concert.Booking.Catalog;
using Concert.Booking.Ports;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Shared;

[Trait("Rule", "R-503")]
public sealed class StoreLoopTests : IDisposable
{
    private static readonly PartitionRef Partition = World.Floor.Partition;
    private static readonly DocumentOperation Operation =
        new DocumentOperation.Increment(CountersDocument.DocumentId, [new FieldIncrement("left", -1)]);

    private readonly World _world = new();
    private int _decided;

    public void Dispose() => _world.Dispose();

    private Task<int> RunAsync(int maxAttempts, CancellationToken cancellationToken = default) => _world.Get<StoreLoop>().RunAsync(
        Partition, maxAttempts, _ => Task.FromResult(new Attempt<int>([Operation], ++_decided)), cancellationToken);

    private void Meets(params CommitFault[] faults)
    {
        var queue = new Queue<CommitFault>(faults);
        _world.Store.OnCommit = (_, _) => queue.TryDequeue(out var fault) ? fault : CommitFault.None;
    }

    [Fact]
    public async Task Run_Committed_DecidesOnce()
    {
        (await RunAsync(1)).ShouldBe(1);
        _world.Counters(World.Floor).Left.ShouldBe(World.Standing - 1);
        _world.Time.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_NothingToWrite_CommitsNothing()
    {
        (await _world.Get<StoreLoop>().RunAsync(Partition, 1, _ => Task.FromResult(new Attempt<int>([], 7)), CancellationToken.None)).ShouldBe(7);
        _world.Counters(World.Floor).Left.ShouldBe(World.Standing);
    }

    [Theory]
    [InlineData(CommitFault.Refused)]
    [InlineData(CommitFault.RequestLost)]
    [InlineData(CommitFault.Throttled)]
    public async Task Run_FaultPasses_DecidesAgain(CommitFault fault)
    {
        Meets(fault, fault);
        (await RunAsync(3)).ShouldBe(3);
        _world.Time.Waits.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(CommitFault.Refused, false)]
    [InlineData(CommitFault.Throttled, true)]
    public async Task Run_AttemptsRunOut_ThrowsWhatTheStoreAskedFor(CommitFault fault, bool asks)
    {
        Meets(fault, fault, fault);
        var e = await Should.ThrowAsync<StoreUnavailableException>(() => RunAsync(3));
        e.RetryAfter.ShouldBe(asks ? TimeSpan.FromMilliseconds(700) : null);
        _decided.ShouldBe(3);
        _world.Time.Waits.Count.ShouldBe(2, "it does not wait after the last");
    }

    [Fact]
    public async Task Run_Throttled_WaitsWhatTheStoreAsksAndALittleJitter()
    {
        Meets(CommitFault.Throttled);
        await RunAsync(2);
        _world.Time.Waits.ShouldHaveSingleItem().ShouldBeInRange(TimeSpan.FromMilliseconds(700), TimeSpan.FromMilliseconds(750));
    }

    [Fact]
    public async Task Run_AlwaysInConflict_IsBoundedWithShortWaits()
    {
        var e = await Should.ThrowAsync<StoreUnavailableException>(() => _world.Get<StoreLoop>().RunAsync(
            Partition,
            12,
            _ => Task.FromResult(new Attempt<int>([new DocumentOperation.Increment("counters", [new FieldIncrement("left", 1, Max: 0)])], ++_decided)),
            CancellationToken.None));

        e.Message.ShouldContain("OutOfBounds");
        _decided.ShouldBe(12);
        _world.Time.Waits.ShouldAllBe(w => w <= TimeSpan.FromMilliseconds(250));
        _world.Time.Waits.Distinct().Count().ShouldBeGreaterThan(3, "jitter");
    }

    [Fact]
    public async Task Run_Cancelled_GivesUpBetweenAttempts()
    {
        using var cancelled = new CancellationTokenSource();
        _world.Store.OnCommit = (_, _) =>
        {
            cancelled.Cancel();
            return CommitFault.Refused;
        };

        await Should.ThrowAsync<OperationCanceledException>(() => RunAsync(9, cancelled.Token));
        _decided.ShouldBe(1);
    }

    [Fact]
    public async Task Run_StoreAway_WaitsLongerEachTimeUpToASecond()
    {
        Meets([.. Enumerable.Repeat(CommitFault.Refused, 30)]);
        await Should.ThrowAsync<StoreUnavailableException>(() => RunAsync(30));

        _world.Time.Waits.ShouldAllBe(w => w <= TimeSpan.FromSeconds(1));
        _world.Time.Waits[0].ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(100));
        _world.Time.Waits.Max().ShouldBeGreaterThan(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task Run_ThrottledForLong_WaitsTwoSecondsAndPassesTheRestOn()
    {
        _world.Store.RetryAfter = TimeSpan.FromMinutes(1);
        Meets(CommitFault.Throttled, CommitFault.Throttled);

        var e = await Should.ThrowAsync<StoreUnavailableException>(() => RunAsync(2));

        e.RetryAfter.ShouldBe(TimeSpan.FromMinutes(1));
        _world.Time.Waits.ShouldHaveSingleItem().ShouldBeInRange(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(2_050));
    }
}
