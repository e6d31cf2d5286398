using Concert.Booking.Catalog;
using Concert.Azure.Redis.Scripting;
using Concert.Azure.Tests.Redis.Server;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>One cache, several instances of the app.</summary>
public sealed class SeatMapCacheTests(SharedRedis redis)
{
    private readonly string _schedule = "c" + Guid.NewGuid().ToString("N")[..8] + "-0001";
    private int _built;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Func<CancellationToken, Task<CachedSeatMap>> Build(string version, Task? gate = null) => async cancellationToken =>
    {
        Interlocked.Increment(ref _built);
        await (gate ?? Task.CompletedTask).WaitAsync(cancellationToken);
        return new CachedSeatMap(version, "{}"u8.ToArray());
    };

    [Fact]
    public async Task GetOrBuildAsync_BuiltByAnotherInstance_IsNotBuiltAgain()
    {
        var scripts = (await redis.ServerAsync()).Scripts;
        await using var one = ConcertRedis.Instance(scripts, ConcertRedis.Patient);
        await using var two = ConcertRedis.Instance(scripts, ConcertRedis.Patient);

        await one.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);
        var map = await two.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);

        map.Version.ShouldBe("1");
        map.Json.ToArray().ShouldBe("{}"u8.ToArray());
        _built.ShouldBe(1);
    }

    [Fact]
    public async Task GetOrBuildAsync_InstanceHasItAlready_DoesNotAskRedis()
    {
        var server = await redis.ServerAsync();
        var recorded = new ScriptedScripts((call, arguments) => server.Scripts.RunAsync(call.Script, call.Keys, arguments, Cancel));
        await using var one = ConcertRedis.Instance(recorded, ConcertRedis.Patient);
        await one.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);
        var before = recorded.Calls.Count;

        await one.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);

        recorded.Calls.Count.ShouldBe(before);
    }

    [Fact]
    public async Task GetOrBuildAsync_ManyInstancesAtOnce_OneBuilds()
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

        var maps = await Task.WhenAll(instances.SelectMany(i => Enumerable.Range(0, 10)
            .Select(_ => i.Maps().GetOrBuildAsync(_schedule, "1", Build("1", askedTwice.Task), Cancel))));

        maps.ShouldAllBe(m => m.Version == "1");
        _built.ShouldBe(1);
    }

    [Fact]
    public async Task GetOrBuildAsync_BuildOfAnotherInstanceFails_TheNextBuildsAtOnce()
    {
        var scripts = (await redis.ServerAsync()).Scripts;
        await using var one = ConcertRedis.Instance(scripts, ConcertRedis.Patient);
        await using var two = ConcertRedis.Instance(scripts, options =>
        {
            ConcertRedis.Patient(options);
            options.MapBuildLock = TimeSpan.FromHours(1);
        });

        await Should.ThrowAsync<InvalidDataException>(() => one.Maps().GetOrBuildAsync(_schedule, "1", _ => throw new InvalidDataException(), Cancel));

        (await two.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel)).Version.ShouldBe("1");
    }

    [Fact]
    public async Task GetOrBuildAsync_InstanceThatBuiltIsGone_TheOthersBuildAfterTheLock()
    {
        var scripts = (await redis.ServerAsync()).Scripts;
        await scripts.RunAsync(LuaScripts.MapGet, [RedisKeys.MapEntry(_schedule), RedisKeys.MapBuild(_schedule, "1")], ["1", "gone", 300], Cancel);
        await using var two = ConcertRedis.Instance(scripts, ConcertRedis.Patient);

        (await two.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel)).Version.ShouldBe("1");
    }

    [Fact]
    public async Task GetOrBuildAsync_EntryExpired_IsBuiltAgain()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server.Scripts, options =>
        {
            ConcertRedis.Patient(options);
            options.MapLifetime = TimeSpan.FromMilliseconds(1);
        });
        await using var two = ConcertRedis.Instance(server.Scripts, ConcertRedis.Patient);
        await one.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);
        for (var attempt = 0; attempt < 400 && (await server.Scripts.SendAsync("EXISTS", RedisKeys.MapEntry(_schedule))).AsLong() == 1; attempt++)
        {
            await Task.Delay(5, Cancel);
        }

        await two.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);

        _built.ShouldBe(2);
    }

    [Fact]
    public async Task GetOrBuildAsync_MoreSchedulesThanAProcessKeeps_AreStillFound()
    {
        var scripts = (await redis.ServerAsync()).Scripts;
        await using var one = ConcertRedis.Instance(scripts, ConcertRedis.Patient);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                await one.Maps().GetOrBuildAsync($"{_schedule}{i}", "1", Build("1"), Cancel);
            }
        }

        _built.ShouldBe(100);
    }
}
