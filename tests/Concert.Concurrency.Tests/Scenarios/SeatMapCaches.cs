using System.Text;
using Concert.Booking.Catalog;
using Concert.Booking.Shared;
using Concert.Embedded.Catalog;
using Concert.Azure.Redis;
using Microsoft.Extensions.Options;

namespace Concert.Concurrency.Tests.Scenarios;

/// <summary>One build for callers that ask at the same time, whoever of them gives up.</summary>
public static class SeatMapCaches
{
    public static Task EmbeddedBuildsOnceForAll() => BuildsOnceForAll(new MemorySeatMapCache(Controlled.Clock()));

    public static Task RedisBuildsOnceForAll() => BuildsOnceForAll(Redis());

    public static Task EmbeddedOneWhoGivesUpTakesNobodyAlong() => OneWhoGivesUpTakesNobodyAlong(new MemorySeatMapCache(Controlled.Clock()));

    public static Task RedisOneWhoGivesUpTakesNobodyAlong() => OneWhoGivesUpTakesNobodyAlong(Redis());

    public static Task EmbeddedBuildsAgainAfterAFailure() => BuildsAgainAfterAFailure(new MemorySeatMapCache(Controlled.Clock()));

    public static Task RedisBuildsAgainAfterAFailure() => BuildsAgainAfterAFailure(Redis());

    private static async Task BuildsOnceForAll(ISeatMapCache cache)
    {
        var running = 0;
        var maps = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => cache.GetOrBuildAsync(
            "s1",
            "v1",
            async _ =>
            {
                Controlled.Check(Interlocked.Increment(ref running) == 1, "two builds of one version at once");
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return Map("v1");
            },
            CancellationToken.None))));

        Controlled.Check(maps.All(m => m.Version == "v1"), "another version was answered");
        await cache.GetOrBuildAsync("s1", "v1", _ => throw new InvalidOperationException("the map was not kept"), CancellationToken.None);
    }

    private static async Task OneWhoGivesUpTakesNobodyAlong(ISeatMapCache cache)
    {
        using var impatient = new CancellationTokenSource();
        var left = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task<CachedSeatMap> BuildAsync(CancellationToken cancellationToken)
        {
            await left.Task;
            cancellationToken.ThrowIfCancellationRequested();
            return Map("v1");
        }

        var first = Task.Run(async () =>
        {
            try
            {
                await cache.GetOrBuildAsync("s1", "v1", BuildAsync, impatient.Token);
            }
            catch (OperationCanceledException)
            {
            }

            left.SetResult(true);
        });
        var other = Task.Run(() => cache.GetOrBuildAsync("s1", "v1", BuildAsync, CancellationToken.None));
        await Task.Run(impatient.Cancel);

        try
        {
            Controlled.Check((await other).Version == "v1", "another version was answered");
        }
        catch (OperationCanceledException)
        {
            Controlled.Check(false, "one who did not give up was cancelled");
        }

        await first;
    }

    private static async Task BuildsAgainAfterAFailure(ISeatMapCache cache)
    {
        var fails = true;
        async Task<bool> AskAsync()
        {
            try
            {
                await cache.GetOrBuildAsync(
                    "s1",
                    "v1",
                    async _ =>
                    {
                        await Task.Yield();
                        var failed = fails;
                        fails = false;
                        return failed ? throw new InvalidOperationException("the first build fails") : Map("v1");
                    },
                    CancellationToken.None);
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }

        await Controlled.Together(Task.Run(AskAsync), Task.Run(AskAsync));

        Controlled.Check(await AskAsync(), "a build that failed is still answered");
    }

    private static CachedSeatMap Map(string version) => new(version, Encoding.UTF8.GetBytes("{}"));

    private static RedisSeatMapCache Redis()
    {
        var time = Controlled.Clock();
        var options = new RedisOptions();
        return new RedisSeatMapCache(new RedisCaller(), time, new SystemRandomSource(), Options.Create(options));
    }
}
