using Concert.Azure.Redis.Scripting;
using Concert.Booking.Ports;

namespace Concert.Azure.Redis;

/// <summary>The seat gate: SET with an expiry for all places or none, compare-and-delete. Open when Redis is away, because the ETag decides anyway.</summary>
internal sealed class RedisSeatGate(RedisCaller redis) : ISeatGate
{
    public async Task<bool> TryEnterAsync(
        string partition, IReadOnlyList<string> seatIds, string owner, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var milliseconds = Math.Max(1, (long)lifetime.TotalMilliseconds);
        var attempt = await redis.TryAsync(LuaScripts.GateEnter, RedisKeys.Gate(partition, seatIds), [owner, milliseconds], cancellationToken);
        return attempt.Reply is not { } reply || (long)reply != 0;
    }

    public Task ReleaseAsync(string partition, IReadOnlyList<string> seatIds, string owner, CancellationToken cancellationToken) =>
        redis.TryAsync(LuaScripts.GateRelease, RedisKeys.Gate(partition, seatIds), [owner], cancellationToken);
}
