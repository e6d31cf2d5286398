using System.Diagnostics;
using Concert.Lab.Ways.Guards;
using StackExchange.Redis;

namespace Concert.Lab.Ways.Redis;

/// <summary>
/// The RedLock algorithm: the key is set with the caller's own value on every one of several independent servers; with a majority, and with time left of its lifetime,
/// the caller has the lock; otherwise what was set is deleted and tried again after a random wait that doubles.
/// See https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/.
/// </summary>
internal sealed class RedLock : IGuard
{
    private const int FirstWaitMilliseconds = 5;
    private const int MostWaitMilliseconds = 500;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Drift = (Lifetime * 0.01) + TimeSpan.FromMilliseconds(2);

    private readonly ConnectionMultiplexer[] _servers;

    private RedLock(ConnectionMultiplexer[] servers) => _servers = servers;

    public static async Task<RedLock> ConnectAsync(IReadOnlyList<int> ports) => new(await Task.WhenAll(ports.Select(RedisConnection.OpenAsync)));

    public async Task<Func<Task>> EnterAsync(string key, Action retry, CancellationToken cancellationToken)
    {
        RedisKey name = $"lock:{key}";
        RedisValue own = Guid.NewGuid().ToString("N");
        for (var attempt = 0; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            var set = await Task.WhenAll(_servers.Select(server => server.GetDatabase().StringSetAsync(name, own, Lifetime, When.NotExists)));
            if (set.Count(isSet => isSet) > _servers.Length / 2 && Stopwatch.GetElapsedTime(start) < Lifetime - Drift)
            {
                return () => LeaveAsync(name, own);
            }

            if (set.Contains(true))
            {
                await LeaveAsync(name, own);
            }

            retry();
            await Backoff.WaitAsync(attempt, FirstWaitMilliseconds, MostWaitMilliseconds, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Deletes it where it is still the caller's own.</summary>
    private Task<RedisResult[]> LeaveAsync(RedisKey key, RedisValue own) => Task.WhenAll(_servers.Select(server => server.GetDatabase().ScriptEvaluateAsync(
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0", [key], [own])));
}
