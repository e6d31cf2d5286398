using Concert.Booking.Catalog;
using Concert.Booking.Identity;
using Concert.Booking.Storage;
using Concert.Azure.Redis.Scripting;
using Concert.Azure.Tests.Redis.Server;
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

    private Task<CommitResult> ChangeAsync(IServiceProvider instance) => instance.Maps().ChangeAsync(_section, () => Task.FromResult<CommitResult>(new CommitResult.Committed([])));

    [Fact]
    public async Task GetAsync_BuiltByAnotherInstance_IsNotBuiltAgain()
    {
        var scripts = (await redis.ServerAsync()).Scripts;
        await using var one = ConcertRedis.Instance(scripts, ConcertRedis.Patient);
        await using var two = ConcertRedis.Instance(scripts, ConcertRedis.Patient);

        await GetAsync(one);

        (await GetAsync(two)).ShouldBe(1);
    }

    [Fact]
    public async Task ChangeAsync_ByAnotherInstance_IsShown()
    {
        var scripts = (await redis.ServerAsync()).Scripts;
        await using var one = ConcertRedis.Instance(scripts, ConcertRedis.Patient);
        await using var two = ConcertRedis.Instance(scripts, ConcertRedis.Patient);
        await GetAsync(one);
        await GetAsync(two);

        await ChangeAsync(two);

        (await GetAsync(one)).ShouldBe(2);
        (await GetAsync(two)).ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_InstanceHasItAlready_AsksForTheVersionsOnly()
    {
        var server = await redis.ServerAsync();
        var recorded = new ScriptedScripts((call, arguments) => server.Scripts.RunAsync(call.Script, call.Keys, arguments, Cancel));
        await using var one = ConcertRedis.Instance(recorded, ConcertRedis.Patient);
        await GetAsync(one);
        var before = recorded.Calls.Count;

        await GetAsync(one);

        recorded.Calls.Skip(before).Select(c => c.Script).ShouldBe([LuaScripts.MapVersions]);
    }

    [Fact]
    public async Task GetAsync_ManyInstancesAtOnce_OneBuilds()
    {
        var server = await redis.ServerAsync();
        var askedTwice = new TaskCompletionSource();
        var asked = 0;
        var recorded = new ScriptedScripts((call, arguments) =>
        {
            // Each instance has asked at least once before the one that builds is done.
            if (call.Script == LuaScripts.MapGet && Interlocked.Increment(ref asked) == 20)
            {
                askedTwice.SetResult();
            }

            return server.Scripts.RunAsync(call.Script, call.Keys, arguments, Cancel);
        });
        var instances = Enumerable.Range(0, 5).Select(_ => ConcertRedis.Instance(recorded, ConcertRedis.Patient)).ToArray();

        var maps = await Task.WhenAll(instances.SelectMany(i => Enumerable.Range(0, 10).Select(_ => GetAsync(i, askedTwice.Task))));

        maps.ShouldAllBe(m => m == 1);
        _built.ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_BuildOfAnotherInstanceFails_TheNextBuildsAtOnce()
    {
        var scripts = (await redis.ServerAsync()).Scripts;
        await using var one = ConcertRedis.Instance(scripts, ConcertRedis.Patient);
        await using var two = ConcertRedis.Instance(scripts, options =>
        {
            ConcertRedis.Patient(options);
            options.MapBuildLock = TimeSpan.FromHours(1);
        });

        await Should.ThrowAsync<InvalidDataException>(() =>
            one.Maps().GetAsync(_section.ScheduleId, [_section.Section], (_, _) => throw new InvalidDataException(), Cancel));

        (await GetAsync(two)).ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_InstanceThatBuiltIsGone_TheOthersBuildAfterTheLock()
    {
        var scripts = (await redis.ServerAsync()).Scripts;
        var versions = await scripts.RunAsync(LuaScripts.MapVersions, [RedisKeys.MapVersions(_section.ScheduleId)], ["epoch", 60_000, _section.Section], Cancel);
        var version = versions.AsArray()[1].AsText();
        await scripts.RunAsync(LuaScripts.MapGet, [RedisKeys.MapEntry(_section), RedisKeys.MapBuild(_section, version)], [version, "gone", 300], Cancel);
        await using var two = ConcertRedis.Instance(scripts, ConcertRedis.Patient);

        (await GetAsync(two)).ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_OlderThanTheLongestAge_IsBuiltAgainThoughNothingWasTold()
    {
        var scripts = (await redis.ServerAsync()).Scripts;
        await using var one = ConcertRedis.Instance(scripts, options =>
        {
            ConcertRedis.Patient(options);
            options.MapMaxAge = TimeSpan.FromMilliseconds(1);
        });
        await using var two = ConcertRedis.Instance(scripts, ConcertRedis.Patient);
        await GetAsync(one);
        await Task.Delay(5, Cancel);

        (await GetAsync(two)).ShouldBe(2, "the other instance has not kept it for longer");
        (await GetAsync(one)).ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_BuildTookLongerThanTheLongestAge_IsNotKeptForAnybody()
    {
        var scripts = (await redis.ServerAsync()).Scripts;
        await using var one = ConcertRedis.Instance(scripts, options =>
        {
            ConcertRedis.Patient(options);
            options.MapMaxAge = TimeSpan.FromMilliseconds(1);
        });

        (await GetAsync(one, Task.Delay(20, Cancel))).ShouldBe(1);
        (await GetAsync(one)).ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_RedisForgotTheVersions_NoVersionComesTwice()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server.Scripts, ConcertRedis.Patient);
        await ChangeAsync(one);
        await GetAsync(one);
        await server.Scripts.SendAsync("DEL", RedisKeys.MapVersions(_section.ScheduleId));
        await ChangeAsync(one);

        (await GetAsync(one)).ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_MoreSectionsThanAProcessKeeps_AreStillFound()
    {
        var scripts = (await redis.ServerAsync()).Scripts;
        await using var one = ConcertRedis.Instance(scripts, ConcertRedis.Patient);
        string[] sections = [.. Enumerable.Range(1, 5_000).Select(i => i.ToString())];
        foreach (var chunk in sections.Chunk(500).Concat(sections.Chunk(500)))
        {
            await one.Maps().GetAsync(_section.ScheduleId, chunk, Build(), Cancel);
        }

        _built.ShouldBe(5_000);
    }
}
