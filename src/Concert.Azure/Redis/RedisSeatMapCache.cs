using System.Collections.Concurrent;
using Concert.Booking.Catalog;
using Concert.Booking.Shared;
using Concert.Azure.Redis.Scripting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Concert.Azure.Redis;

/// <summary>
/// Rendered maps: the newest few in this process, the newest one of each schedule in Redis. A build is shared by the callers of this process, and by the
/// other instances through a short lock. Without Redis each process builds for itself.
/// </summary>
internal sealed class RedisSeatMapCache(RedisCaller redis, TimeProvider time, IRandomSource random, IOptions<RedisOptions> options) : ISeatMapCache
{
    /// <summary>Schedules whose newest map this process keeps. A map of 10,000 seats is under a megabyte.</summary>
    private const int MaxKept = 64;

    private readonly RedisOptions _options = options.Value;
    private readonly ConcurrentDictionary<string, CachedSeatMap> _kept = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string ScheduleId, string Version), Lazy<Task<CachedSeatMap>>> _underWay = new();

    public async Task<CachedSeatMap> GetOrBuildAsync(
        string scheduleId, string version, Func<CancellationToken, Task<CachedSeatMap>> build, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_kept.TryGetValue(scheduleId, out var kept) && kept.Version == version)
        {
            return kept;
        }

        var shared = _underWay.GetOrAdd((scheduleId, version), key => new Lazy<Task<CachedSeatMap>>(() => ShareAsync(key.ScheduleId, key.Version, build)));
        return await shared.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Runs under no caller's token, because the first one to give up must not take the others along.</summary>
    private async Task<CachedSeatMap> ShareAsync(string scheduleId, string version, Func<CancellationToken, Task<CachedSeatMap>> build)
    {
        try
        {
            using var limit = new CancellationTokenSource(_options.MapBuildTimeout, time);
            var map = await FetchOrBuildAsync(scheduleId, version, build, limit.Token);
            if (_kept.Count >= MaxKept)
            {
                _kept.Clear();
            }

            return _kept[scheduleId] = map;
        }
        finally
        {
            _underWay.TryRemove((scheduleId, version), out _);
        }
    }

    private async Task<CachedSeatMap> FetchOrBuildAsync(
        string scheduleId, string version, Func<CancellationToken, Task<CachedSeatMap>> build, CancellationToken cancellationToken)
    {
        var entry = RedisKeys.MapEntry(scheduleId);
        var buildLock = RedisKeys.MapBuild(scheduleId, version);
        var builder = random.NextGuid().ToString("N");
        var reply = await AskAsync(entry, buildLock, version, builder, cancellationToken);
        if (reply is { Resp2Type: ResultType.BulkString })
        {
            return new CachedSeatMap(version, (byte[])reply!);
        }

        try
        {
            var map = await build(cancellationToken);
            if (reply is not null)
            {
                await redis.TryAsync(
                    LuaScripts.MapPut, [entry, buildLock], [map.Version, map.Json, Milliseconds(_options.MapLifetime), builder], cancellationToken);
            }

            return map;
        }
        catch when (reply is not null)
        {
            await redis.TryAsync(LuaScripts.MapUnlock, [buildLock], [builder], CancellationToken.None);
            throw;
        }
    }

    /// <summary>The map, or an integer when it is to be built here, or null when Redis is away.</summary>
    private async Task<RedisResult?> AskAsync(string entry, string buildLock, string version, string builder, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var attempt = await redis.TryAsync(
                LuaScripts.MapGet, [entry, buildLock], [version, builder, Milliseconds(_options.MapBuildLock)], cancellationToken);
            if (!IsBuiltElsewhere(attempt.Reply) || time.GetElapsedTime(started) >= _options.MapBuildLock)
            {
                return attempt.Reply;
            }

            await Task.Delay(_options.MapBuildPoll, time, cancellationToken);
        }
    }

    private static bool IsBuiltElsewhere(RedisResult? reply) => reply is { Resp2Type: ResultType.Integer } && (long)reply == 0;

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
