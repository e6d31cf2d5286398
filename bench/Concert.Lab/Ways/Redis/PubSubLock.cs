using System.Collections.Concurrent;
using Concert.Lab.Ways.Guards;
using StackExchange.Redis;

namespace Concert.Lab.Ways.Redis;

/// <summary>
/// A lock of one Redis server whose release is published, so that who waits need not poll (as Redisson does it): a message wakes one waiter of this process for that
/// key. Who hears nothing looks again after a while, since messages can be missed.
/// </summary>
internal sealed class PubSubLock : IGuard
{
    private const string Channel = "unlocked";
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    private readonly ConnectionMultiplexer _server;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<TaskCompletionSource>> _waiting = new();

    private PubSubLock(ConnectionMultiplexer server) => _server = server;

    public static async Task<PubSubLock> ConnectAsync(int port)
    {
        var guard = new PubSubLock(await RedisConnection.OpenAsync(port));
        await guard._server.GetSubscriber().SubscribeAsync(RedisChannel.Literal(Channel), (_, key) => guard.Wake((string)key!));
        return guard;
    }

    public async Task<Func<Task>> EnterAsync(string key, Action retry, CancellationToken cancellationToken)
    {
        RedisKey name = $"lock:{key}";
        RedisValue own = Guid.NewGuid().ToString("N");
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await TryAsync(name, own))
            {
                return () => LeaveAsync(name, key, own);
            }

            // First in line, then one more look: a release between the first look and the line would wake nobody.
            var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var line = _waiting.GetOrAdd(key, _ => new ConcurrentQueue<TaskCompletionSource>());
            var isFirst = line.IsEmpty;
            line.Enqueue(woken);
            if (isFirst && await TryAsync(name, own))
            {
                woken.TrySetResult();
                return () => LeaveAsync(name, key, own);
            }

            retry();
            await Task.WhenAny(woken.Task, Task.Delay(LookAgain * (1 + Random.Shared.NextDouble()), cancellationToken));
            woken.TrySetResult();
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task<bool> TryAsync(RedisKey name, RedisValue own) => _server.GetDatabase().StringSetAsync(name, own, Lifetime, When.NotExists);

    /// <summary>Whoever waits longest; those who gave up waiting are passed over.</summary>
    private void Wake(string key)
    {
        if (_waiting.TryGetValue(key, out var line))
        {
            while (line.TryDequeue(out var next) && !next.TrySetResult())
            {
            }
        }
    }

    private Task<RedisResult> LeaveAsync(RedisKey name, string key, RedisValue own) => _server.GetDatabase().ScriptEvaluateAsync(
        "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) redis.call('PUBLISH', ARGV[2], ARGV[3]) end return 0",
        [name], [own, Channel, key]);
}
