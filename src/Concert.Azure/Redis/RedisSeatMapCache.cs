using System.Collections.Concurrent;
using Concert.Azure.Redis.Scripting;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Concert.Azure.Redis;

/// <summary>
/// Keeps what is taken of each section: the newest snapshot in this process and in Redis, under the version that the section had before it was built. The
/// writer of a change raises the version there. A build is shared by the callers of this process, and by the other instances through a short lock. No snapshot
/// is shown that is older than <see cref="RedisOptions.MapMaxAge"/>: that is how long a change may be missing that Redis could not be told of, and all that
/// keeps a process from building for every caller while Redis is away.
/// </summary>
internal sealed class RedisSeatMapCache(RedisCaller redis, TimeProvider time, IRandomSource random, IOptions<RedisOptions> options) : ISeatMapCache
{
    /// <summary>Sections whose newest snapshot this process keeps: four bytes a seat that is taken.</summary>
    private const int MaxKept = 4_096;

    private readonly RedisOptions _options = options.Value;
    private readonly ConcurrentDictionary<SectionRef, Kept> _kept = new();
    private readonly ConcurrentDictionary<(SectionRef Section, string Version), Lazy<Task<ReadOnlyMemory<byte>>>> _underWay = new();

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> GetAsync(
        string scheduleId, IReadOnlyList<string> sections, Func<string, CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var asked = time.GetTimestamp();
        var versions = sections.Count == 0 ? null : await VersionsAsync(scheduleId, sections, cancellationToken);
        return await Task.WhenAll(sections.Select((key, i) => GetAsync(
            new Wanted(new SectionRef(scheduleId, key), versions?.Of[i] ?? "", versions?.ReadAt ?? 0, asked), token => build(key, token), cancellationToken)));
    }

    public async Task<CommitResult> ChangeAsync(string scheduleId, string section, Func<Task<CommitResult>> commit)
    {
        CommitResult? result = null;
        try
        {
            return result = await commit();
        }
        finally
        {
            if (result is not { HasNoEffect: true })
            {
                await redis.TryAsync(
                    LuaScripts.MapTell,
                    [RedisKeys.MapVersions(scheduleId)],
                    [section, Milliseconds(_options.MapVersionsLifetime)],
                    CancellationToken.None);
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> GetAsync(
        Wanted wanted, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(wanted.Section, out var kept) && (wanted.IsUnknown || kept.Version == wanted.Version)
            && time.GetElapsedTime(kept.Since) < kept.For)
        {
            return kept.Content;
        }

        var shared = _underWay.GetOrAdd(
            (wanted.Section, wanted.Version), _ => new Lazy<Task<ReadOnlyMemory<byte>>>(() => ShareAsync(wanted, build)));
        return await shared.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Runs under no caller's token, because the first one to give up must not take the others along.</summary>
    private async Task<ReadOnlyMemory<byte>> ShareAsync(Wanted wanted, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> build)
    {
        try
        {
            using var limit = new CancellationTokenSource(_options.MapBuildTimeout, time);
            var found = await FetchOrBuildAsync(wanted, build, limit.Token);
            if (_kept.Count >= MaxKept)
            {
                _kept.Clear();
            }

            _kept[wanted.Section] = found;
            return found.Content;
        }
        finally
        {
            _underWay.TryRemove((wanted.Section, wanted.Version), out _);
        }
    }

    private async Task<Kept> FetchOrBuildAsync(Wanted wanted, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken)
    {
        if (wanted.IsUnknown)
        {
            return new Kept(wanted.Version, await build(cancellationToken), wanted.Asked, _options.MapMaxAge);
        }

        var entry = RedisKeys.MapEntry(wanted.Section);
        var buildLock = RedisKeys.MapBuild(wanted.Section, wanted.Version);
        var builder = random.NextGuid().ToString("N");
        var fetched = time.GetTimestamp();
        var reply = await AskAsync(entry, buildLock, wanted.Version, builder, cancellationToken);
        if (reply is { Resp2Type: ResultType.Array })
        {
            return new Kept(wanted.Version, (byte[])reply[0]!, fetched, TimeSpan.FromMilliseconds((long)reply[1]));
        }

        try
        {
            var content = await build(cancellationToken);
            if (reply is not null)
            {
                await redis.TryAsync(
                    LuaScripts.MapPut,
                    [entry, buildLock],
                    [wanted.Version, content, wanted.ReadAt, Milliseconds(_options.MapMaxAge), builder],
                    cancellationToken);
            }

            return new Kept(wanted.Version, content, wanted.Asked, _options.MapMaxAge);
        }
        catch when (reply is not null)
        {
            await redis.TryAsync(LuaScripts.MapUnlock, [buildLock], [builder], CancellationToken.None);
            throw;
        }
    }

    /// <summary>Null when Redis is away.</summary>
    private async Task<Versions?> VersionsAsync(string scheduleId, IReadOnlyList<string> sections, CancellationToken cancellationToken)
    {
        var attempt = await redis.TryAsync(
            LuaScripts.MapVersions,
            [RedisKeys.MapVersions(scheduleId)],
            [random.NextGuid().ToString("N"), Milliseconds(_options.MapVersionsLifetime), .. sections.Select(s => (RedisValue)s)],
            cancellationToken);
        return attempt.Reply is { } reply ? new Versions((long)reply[0], [.. Enumerable.Range(1, sections.Count).Select(i => (string)reply[i]!)]) : null;
    }

    /// <summary>The snapshot, or an integer when it is to be built here, or null when Redis is away.</summary>
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

    private static long Milliseconds(TimeSpan time) => Math.Max(1, (long)time.TotalMilliseconds);

    /// <summary>A snapshot, good for a while since a moment of this process's clock.</summary>
    private sealed record Kept(string Version, ReadOnlyMemory<byte> Content, long Since, TimeSpan For);

    /// <summary>The version a caller asks for: the one current at <paramref name="ReadAt"/> by Redis's clock; none is known when Redis is away.</summary>
    private sealed record Wanted(SectionRef Section, string Version, long ReadAt, long Asked)
    {
        public bool IsUnknown => Version.Length == 0;
    }

    private sealed record Versions(long ReadAt, IReadOnlyList<string> Of);
}
