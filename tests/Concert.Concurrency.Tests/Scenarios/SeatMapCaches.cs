using Concert.Azure.Redis;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Embedded.Catalog;
using Microsoft.Extensions.Options;

namespace Concert.Concurrency.Tests.Scenarios;

/// <summary>One build for callers that ask at the same time, whoever of them gives up.</summary>
public static class SeatMapCaches
{
    private static readonly SectionRef Section = new("c1-1", "1");

    public static Task EmbeddedBuildsOnceForAll() => BuildsOnceForAll(new MemorySeatMapCache(Controlled.Clock()));

    public static Task RedisBuildsOnceForAll() => BuildsOnceForAll(Redis());

    public static Task EmbeddedOneWhoGivesUpTakesNobodyAlong() => OneWhoGivesUpTakesNobodyAlong(new MemorySeatMapCache(Controlled.Clock()));

    public static Task RedisOneWhoGivesUpTakesNobodyAlong() => OneWhoGivesUpTakesNobodyAlong(Redis());

    public static Task EmbeddedBuildsAgainAfterAFailure() => BuildsAgainAfterAFailure(new MemorySeatMapCache(Controlled.Clock()));

    public static Task RedisBuildsAgainAfterAFailure() => BuildsAgainAfterAFailure(Redis());

    /// <summary>Who has seen a change in the store is never shown a section from before it, and sees what came after in what is kept.</summary>
    public static async Task EmbeddedWhoHasSeenAChangeSeesItInTheMap()
    {
        var cache = new MemorySeatMapCache(Controlled.Clock());
        var stored = 0;
        async Task ChangeAsync()
        {
            await cache.ChangeAsync(Section.ScheduleId, Section.Section, async () =>
            {
                await Task.Yield();
                Interlocked.Increment(ref stored);
                await Task.Yield();
                return new CommitResult.Committed([]);
            });
        }

        async Task LookAsync()
        {
            for (var i = 0; i < 2; i++)
            {
                var seen = Volatile.Read(ref stored);
                var shown = await AskAsync(
                    cache,
                    async _ =>
                    {
                        var read = Volatile.Read(ref stored);
                        await Task.Yield();
                        return Map(read);
                    },
                    CancellationToken.None);
                Controlled.Check(shown >= seen, "a map from before a change that was seen");
            }
        }

        await Controlled.Together(Task.Run(ChangeAsync), Task.Run(ChangeAsync), Task.Run(LookAsync), Task.Run(LookAsync));

        Controlled.Check(await AskAsync(cache, _ => Task.FromResult(Map(stored)), CancellationToken.None) == 2, "the map lacks a change that is over");
    }

    private static async Task BuildsOnceForAll(ISeatMapCache cache)
    {
        var running = 0;
        var maps = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => AskAsync(
            cache,
            async _ =>
            {
                Controlled.Check(Interlocked.Increment(ref running) == 1, "two builds of one section at once");
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return Map(1);
            },
            CancellationToken.None))));

        Controlled.Check(maps.All(m => m == 1), "another map was answered");
        await AskAsync(cache, _ => throw new InvalidOperationException("the map was not kept"), CancellationToken.None);
    }

    private static async Task OneWhoGivesUpTakesNobodyAlong(ISeatMapCache cache)
    {
        using var impatient = new CancellationTokenSource();
        var left = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task<ReadOnlyMemory<byte>> BuildAsync(CancellationToken cancellationToken)
        {
            await left.Task;
            cancellationToken.ThrowIfCancellationRequested();
            return Map(1);
        }

        var first = Task.Run(async () =>
        {
            try
            {
                await AskAsync(cache, BuildAsync, impatient.Token);
            }
            catch (OperationCanceledException)
            {
            }

            left.SetResult(true);
        });
        var other = Task.Run(() => AskAsync(cache, BuildAsync, CancellationToken.None));
        await Task.Run(impatient.Cancel);

        try
        {
            Controlled.Check(await other == 1, "another map was answered");
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
        async Task<bool> TryAsync()
        {
            try
            {
                await AskAsync(
                    cache,
                    async _ =>
                    {
                        await Task.Yield();
                        var failed = fails;
                        fails = false;
                        return failed ? throw new InvalidOperationException("the first build fails") : Map(1);
                    },
                    CancellationToken.None);
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }

        await Controlled.Together(Task.Run(TryAsync), Task.Run(TryAsync));

        Controlled.Check(await TryAsync(), "a build that failed is still answered");
    }

    private static async Task<int> AskAsync(
        ISeatMapCache cache, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken) =>
        (await cache.GetAsync(Section.ScheduleId, new[] { Section.Section }, (_, token) => build(token), cancellationToken))[0].ToArray()[0];

    private static ReadOnlyMemory<byte> Map(int changes) => new[] { (byte)changes };

    private static RedisSeatMapCache Redis()
    {
        var time = Controlled.Clock();
        var options = new RedisOptions();
        return new RedisSeatMapCache(new RedisCaller(), time, new SystemRandomSource(), Options.Create(options));
    }
}
