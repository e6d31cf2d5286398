using Concert.Booking.Catalog;
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
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await using var two = ConcertRedis.Instance(server, ConcertRedis.Patient);

        await one.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);
        var map = await two.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);

        map.Version.ShouldBe("1");
        map.Json.ToArray().ShouldBe("{}"u8.ToArray());
        _built.ShouldBe(1);
    }

    [Fact]
    public async Task GetOrBuildAsync_InstanceHasItAlready_DoesNotAskRedis()
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await one.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);
        var before = await server.CallsAsync();

        await one.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);

        before.ShouldBe(2);
        (await server.CallsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task GetOrBuildAsync_ManyInstancesAtOnce_OneBuilds()
    {
        await using var server = await RedisServer.StartAsync();
        var instances = Enumerable.Range(0, 5).Select(_ => ConcertRedis.Instance(server, ConcertRedis.Patient)).ToArray();

        // Each instance has asked several times before the one that builds is done.
        async Task AskedOftenAsync()
        {
            while (await server.CallsAsync() < 20)
            {
                await Task.Delay(10, Cancel);
            }
        }

        var askedOften = AskedOftenAsync();
        var maps = await Task.WhenAll(instances.SelectMany(i => Enumerable.Range(0, 10)
            .Select(_ => i.Maps().GetOrBuildAsync(_schedule, "1", Build("1", askedOften), Cancel))));

        maps.ShouldAllBe(m => m.Version == "1");
        _built.ShouldBe(1);
        foreach (var instance in instances)
        {
            await instance.DisposeAsync();
        }
    }

    [Fact]
    public async Task GetOrBuildAsync_BuildOfAnotherInstanceFails_TheNextBuildsAtOnce()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await using var two = ConcertRedis.Instance(server, options =>
        {
            ConcertRedis.Patient(options);
            options.MapBuildTimeout = TimeSpan.FromSeconds(15);
        });

        await Should.ThrowAsync<InvalidDataException>(() => one.Maps().GetOrBuildAsync(_schedule, "1", _ => throw new InvalidDataException(), Cancel));

        (await two.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel)).Version.ShouldBe("1");
    }

    [Fact]
    public async Task GetOrBuildAsync_InstanceThatBuiltIsGone_TheOthersBuildAfterTheLock()
    {
        var server = await redis.ServerAsync();
        await server.SendAsync("SET", RedisKeys.MapBuild(_schedule, "1"), "gone", "PX", 300);
        await using var two = ConcertRedis.Instance(server, ConcertRedis.Patient);

        (await two.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel)).Version.ShouldBe("1");
    }

    [Fact]
    public async Task GetOrBuildAsync_EntryExpired_IsBuiltAgain()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server, options =>
        {
            ConcertRedis.Patient(options);
            options.MapLifetime = TimeSpan.FromSeconds(1);
        });
        await using var two = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await one.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);
        for (var attempt = 0; attempt < 400 && (long)await server.SendAsync("EXISTS", RedisKeys.MapEntry(_schedule)) == 1; attempt++)
        {
            await Task.Delay(5, Cancel);
        }

        await two.Maps().GetOrBuildAsync(_schedule, "1", Build("1"), Cancel);

        _built.ShouldBe(2);
    }

    [Fact]
    public async Task GetOrBuildAsync_MoreSchedulesThanAProcessKeeps_AreStillFound()
    {
        var server = await redis.ServerAsync();
        await using var one = ConcertRedis.Instance(server, ConcertRedis.Patient);
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
