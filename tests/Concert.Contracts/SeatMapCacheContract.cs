using System.Text;
using Concert.Booking.Catalog;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>What every <see cref="ISeatMapCache"/> promises. Each test has a schedule of its own.</summary>
public abstract class SeatMapCacheContract : PortContract
{
    private int _built;

    protected abstract ISeatMapCache Cache { get; }

    protected string Schedule { get; } = "c" + Guid.NewGuid().ToString("N")[..8] + "-0001";

    /// <summary>How often <see cref="Build"/> made a map.</summary>
    protected int Built => Volatile.Read(ref _built);

    protected static CachedSeatMap Map(string version) => new(version, Encoding.UTF8.GetBytes($$"""{"seats":"좌석 of {{version}}"}"""));

    /// <summary>Makes the map of a version, after <paramref name="gate"/> when there is one, and counts.</summary>
    protected Func<CancellationToken, Task<CachedSeatMap>> Build(string version, Task? gate = null) => async cancellationToken =>
    {
        Interlocked.Increment(ref _built);
        await (gate ?? Task.CompletedTask).WaitAsync(cancellationToken);
        return Map(version);
    };

    protected async Task GetAsync(string version, string? schedule = null)
    {
        var map = await Cache.GetOrBuildAsync(schedule ?? Schedule, version, Build(version), Cancel);
        map.Version.ShouldBe(version);
        map.Json.ToArray().ShouldBe(Map(version).Json.ToArray());
    }

    [Fact]
    public async Task GetOrBuildAsync_SameVersionAgain_IsBuiltOnce()
    {
        await GetAsync("1");
        await GetAsync("1");
        await GetAsync("1");

        Built.ShouldBe(1);
    }

    [Fact]
    public async Task GetOrBuildAsync_AnotherVersion_IsBuiltAnew()
    {
        await GetAsync("1");
        await GetAsync("2");
        await GetAsync("2");

        Built.ShouldBe(2);
    }

    [Fact]
    public async Task GetOrBuildAsync_AnotherSchedule_IsBuiltForItself()
    {
        await GetAsync("1");
        await GetAsync("1", Schedule + "b");

        Built.ShouldBe(2);
    }

    [Fact]
    public async Task GetOrBuildAsync_BuildIsNewerThanAsked_IsKeptUnderItsOwnVersion()
    {
        (await Cache.GetOrBuildAsync(Schedule, "1", Build("2"), Cancel)).Version.ShouldBe("2");

        await GetAsync("2");
        Built.ShouldBe(1);
        await GetAsync("1");
        Built.ShouldBe(2);
    }

    [Fact]
    public async Task GetOrBuildAsync_ManyAtOnce_BuildsOnce()
    {
        var gate = new TaskCompletionSource();
        var asked = Enumerable.Range(0, 50).Select(_ => Cache.GetOrBuildAsync(Schedule, "1", Build("1", gate.Task), Cancel)).ToArray();

        gate.SetResult();

        (await Task.WhenAll(asked)).ShouldAllBe(m => m.Version == "1");
        Built.ShouldBe(1);
    }

    [Fact]
    public async Task GetOrBuildAsync_BuildThrows_TheCallerSeesItAndTheNextBuilds()
    {
        await ThrowsAsync<InvalidDataException>(() =>
            Cache.GetOrBuildAsync(Schedule, "1", _ => Task.FromException<CachedSeatMap>(new InvalidDataException("no seats")), Cancel));

        await GetAsync("1");
    }

    [Fact]
    public async Task GetOrBuildAsync_FirstCallerGivesUp_TheOthersAreServed()
    {
        var gate = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        var first = Cache.GetOrBuildAsync(Schedule, "1", Build("1", gate.Task), impatient.Token);
        var second = Cache.GetOrBuildAsync(Schedule, "1", Build("1", gate.Task), Cancel);

        CancelHere(impatient);
        await ThrowsAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        (await second).Version.ShouldBe("1");
    }

    [Fact]
    public async Task GetOrBuildAsync_Cancelled_Throws() =>
        await ThrowsAsync<OperationCanceledException>(() => Cache.GetOrBuildAsync(Schedule, "1", Build("1"), Cancelled()));

    [Fact]
    public async Task GetOrBuildAsync_TwoVersionsAtOnce_EachGetsItsOwn()
    {
        var gate = new TaskCompletionSource();
        var old = Cache.GetOrBuildAsync(Schedule, "1", Build("1", gate.Task), Cancel);
        var current = Cache.GetOrBuildAsync(Schedule, "2", Build("2", gate.Task), Cancel);

        gate.SetResult();

        (await old).Version.ShouldBe("1");
        (await current).Version.ShouldBe("2");
    }

    [Fact]
    public async Task GetOrBuildAsync_BuildUnderWayThrows_AllWhoWaitHearOfIt()
    {
        var gate = new TaskCompletionSource();
        var asked = Enumerable.Range(0, 5).Select(_ => Cache.GetOrBuildAsync(
            Schedule,
            "1",
            async _ =>
            {
                await gate.Task;
                throw new InvalidDataException("no seats");
            },
            Cancel)).ToArray();

        gate.SetResult();

        foreach (var one in asked)
        {
            await ThrowsAsync<InvalidDataException>(() => one);
        }

        await GetAsync("1");
    }
}
