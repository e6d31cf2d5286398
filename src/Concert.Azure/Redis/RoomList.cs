using System.Collections.Concurrent;
using Concert.Azure.Redis.Scripting;

namespace Concert.Azure.Redis;

/// <summary>
/// The rooms that need rounds. It is a key of its own, in another slot than any room, so it cannot change in one script with a room. Therefore a room
/// is listed before its first member joins and again every few seconds while it is used, and removed only when it is empty and nobody listed it lately.
/// </summary>
internal sealed class RoomList(RedisCaller redis)
{
    /// <summary>An instance lists a room at most this often, so that a rush costs no second call a join.</summary>
    internal static readonly TimeSpan ListEvery = TimeSpan.FromSeconds(5);

    /// <summary>Longer than <see cref="ListEvery"/>, a call's timeout and the difference of two clocks together.</summary>
    internal static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(30);

    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _listedAt = new(StringComparer.Ordinal);

    public async Task AddAsync(string room, DateTimeOffset now, CancellationToken cancellationToken, bool evenIfRecent = false)
    {
        if (!evenIfRecent && _listedAt.TryGetValue(room, out var listedAt) && (now - listedAt).Duration() < ListEvery)
        {
            return;
        }

        await redis.RunAsync(LuaScripts.RoomsAdd, [RedisKeys.Rooms], [room, now.ToUnixTimeMilliseconds()], cancellationToken);
        if (_listedAt.Count >= MaxRemembered)
        {
            _listedAt.Clear();
        }

        _listedAt[room] = now;
    }

    /// <summary>Removes a room that was found empty, unless somebody may be joining it just now.</summary>
    public Task RemoveAsync(string room, DateTimeOffset now, CancellationToken cancellationToken) =>
        redis.RunAsync(LuaScripts.RoomsRemove, [RedisKeys.Rooms], [room, (now - KeepFor).ToUnixTimeMilliseconds()], cancellationToken);

    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var reply = await redis.RunAsync(LuaScripts.RoomsList, [RedisKeys.Rooms], [], cancellationToken);
        return (string[])reply!;
    }
}
