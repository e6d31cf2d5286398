using Concert.Azure.Tests.Redis.Server;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>One cache, several instances of the app.</summary>
public sealed class SeatMapCacheTests(SharedRedis redis)
{
    private readonly SectionRef _section = new("c" + Guid.NewGuid().ToString("N")[..8] + "-0001", "1");
    private int _built;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Func<string, CancellationToken, Task<ReadOnlyMemory<byte>>> Build(Task? gate = null) => async (_, cancellationToken) =>
    {
        var number = Interlocked.Increment(ref _built);
        await (gate ?? Task.CompletedTask).WaitAsync(cancellationToken);
        return new byte[] { (byte)number };
    };

    private async Task<int> GetAsync(IServiceProvider instance, Task? gate = null) =>
        (await instance.Maps().GetAsync(_section.ScheduleId, [_section.Section], Build(gate), Cancel))[0].Span[0];

    private Task<CommitResult> ChangeAsync(IServiceProvider instance) => instance.Maps().ChangeAsync(_section.ScheduleId, _section.Section, () => Task.FromResult<CommitResult>(new CommitResult.Committed([])));

    [Fact]
    public async Task GetAsync_BuiltByAnotherInstance_IsNotBuiltAgain()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await using var two = ConcertRedis.Instance(server, ConcertRedis.Patient);

        await GetAsync(one);

        (await GetAsync(two)).ShouldBe(1);
    }

    [Fact]
    public async Task ChangeAsync_ByAnotherInstance_IsShown()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await using var two = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await GetAsync(one);
        await GetAsync(two);

        await ChangeAsync(two);

        (await GetAsync(one)).ShouldBe(2);
        (await GetAsync(two)).ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_InstanceHasItAlready_AsksForTheVersionsOnly()
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await GetAsync(one);
        var before = await server.CallsAsync();

        await GetAsync(one);

        before.ShouldBe(3, "versions, get and put");
        (await server.CallsAsync()).ShouldBe(before + 1);
    }

    [Fact]
    public async Task GetAsync_ManyInstancesAtOnce_OneBuilds()
    {
        await using var server = await RedisServer.StartAsync();
        var instances = Enumerable.Range(0, 5).Select(_ => ConcertRedis.Instance(server, ConcertRedis.Patient)).ToArray();

        // Each instance has asked several times before the one that builds is done.
        async Task AskedOftenAsync()
        {
            while (await server.CallsAsync() < 80)
            {
                await Task.Delay(10, Cancel);
            }
        }

        var askedOften = AskedOftenAsync();
        var maps = await Task.WhenAll(instances.SelectMany(i => Enumerable.Range(0, 10).Select(_ => GetAsync(i, askedOften))));

        maps.ShouldAllBe(m => m == 1);
        _built.ShouldBe(1);
        foreach (var instance in instances)
        {
            await instance.DisposeAsync();
        }
    }

    [Fact]
    public async Task GetAsync_BuildOfAnotherInstanceFails_TheNextBuildsAtOnce()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await using var two = ConcertRedis.Instance(server, options =>
        {
            ConcertRedis.Patient(options);
            options.MapBuildTimeout = TimeSpan.FromSeconds(15);
        });

        await Should.ThrowAsync<InvalidDataException>(() =>
            one.Maps().GetAsync(_section.ScheduleId, [_section.Section], (_, _) => throw new InvalidDataException(), Cancel));

        (await GetAsync(two)).ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_InstanceThatBuiltIsGone_TheOthersBuildAfterTheLock()
    {
        var server = await redis.ServerAsync();
        await using (var gone = ConcertRedis.Instance(server, ConcertRedis.Patient))
        {
            // The versions are known from here on.
            await gone.Maps().GetAsync(_section.ScheduleId, ["2"], Build(), Cancel);
        }

        var epoch = (string)(await server.SendAsync("HGET", RedisKeys.MapVersions(_section.ScheduleId), "epoch"))!;
        await server.SendAsync("SET", RedisKeys.MapBuild(_section, epoch + ":0"), "gone", "PX", 300);
        await using var two = ConcertRedis.Instance(server, ConcertRedis.Patient);

        (await GetAsync(two)).ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_OlderThanTheLongestAge_IsBuiltAgainThoughNothingWasTold()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server, Forgetful);
        await using var two = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await GetAsync(one);
        await Task.Delay(5, Cancel);

        (await GetAsync(two)).ShouldBe(2, "the other instance has not kept it for longer");
        (await GetAsync(one)).ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_BuildTookLongerThanTheLongestAge_IsNotKeptForAnybody()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server, Forgetful);

        (await GetAsync(one, Task.Delay(20, Cancel))).ShouldBe(1);
        (await GetAsync(one)).ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_RedisForgotTheVersions_NoVersionComesTwice()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await ChangeAsync(one);
        await GetAsync(one);
        await server.SendAsync("DEL", RedisKeys.MapVersions(_section.ScheduleId));
        await ChangeAsync(one);

        (await GetAsync(one)).ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_MoreSectionsThanAProcessKeeps_AreStillFound()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server, ConcertRedis.Patient);
        string[] sections = [.. Enumerable.Range(1, 5_000).Select(i => i.ToString())];
        foreach (var chunk in sections.Chunk(500).Concat(sections.Chunk(500)))
        {
            await one.Maps().GetAsync(_section.ScheduleId, chunk, Build(), Cancel);
        }

        _built.ShouldBe(5_000);
    }

    /// <summary>Keeps a map for a millisecond.</summary>
    private static void Forgetful(RedisOptions options)
    {
        ConcertRedis.Patient(options);
        options.MapMaxAge = TimeSpan.FromMilliseconds(1);
    }
}
