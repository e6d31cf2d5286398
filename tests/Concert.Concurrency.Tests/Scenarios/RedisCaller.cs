using Concert.Azure.Redis.Scripting;
using StackExchange.Redis;

namespace Concert.Azure.Redis;

internal readonly record struct RedisAttempt(RedisResult? Reply, Exception? Failure);

/// <summary>Stands in for the caller of a real Redis, whose client and pipeline have threads of their own: no snapshot is there, no section changes, and the build lock is always given.</summary>
internal sealed class RedisCaller
{
#pragma warning disable CA1822 // It is called as the real one is.
    public async Task<RedisAttempt> TryAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
#pragma warning restore CA1822
    {
        _ = (keys, arguments);
        await Task.Yield();
        return new RedisAttempt(
            script.Name == "map-versions" ? RedisResult.Create(new RedisValue[] { 0, "epoch:0" }) : RedisResult.Create(1), null);
    }
}
