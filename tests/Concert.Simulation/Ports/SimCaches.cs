using Concert.Booking.Catalog;
using Concert.Booking.Storage;
using Concert.Simulation.Engine;
using Concert.Simulation.Planted;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Ports;

/// <summary>Rendered seat maps and catalog documents that instances share and Redis may lose at any time.</summary>
public sealed class SimCaches(SimRedis redis, Defect defect)
{
    private readonly Dictionary<string, CachedSeatMap> _maps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _entries = new(StringComparer.Ordinal);

    public CachedSeatMap? FindMap(string scheduleId, string version) =>
        !redis.IsAway && _maps.TryGetValue(scheduleId, out var map) && (map.Version == version || defect == Defect.StaleSeatMap) ? map : null;

    public bool PutMap(string scheduleId, CachedSeatMap map)
    {
        if (!redis.IsAway)
        {
            _maps[scheduleId] = map;
        }

        return true;
    }

    public byte[]? Get(string key) => redis.IsAway ? throw new StoreUnavailableException("Redis is away") : _entries.GetValueOrDefault(key);

    public bool Set(string key, byte[] value)
    {
        if (redis.IsAway)
        {
            throw new StoreUnavailableException("Redis is away");
        }

        _entries[key] = value;
        return true;
    }

    public void Flush()
    {
        _maps.Clear();
        _entries.Clear();
    }
}

/// <summary>The seat-map cache as one instance reaches it. Builds are shared within the instance.</summary>
public sealed class SimSeatMapCachePort(SimProcess process, SimCaches caches) : ISeatMapCache
{
    private readonly SharedMapBuilds _builds = new();

    public Task<CachedSeatMap> GetOrBuildAsync(
        string scheduleId, string version, Func<CancellationToken, Task<CachedSeatMap>> build, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _builds.BuildAsync(scheduleId, version, token => FindOrBuildAsync(scheduleId, version, build, token), cancellationToken);
    }

    private async Task<CachedSeatMap> FindOrBuildAsync(
        string scheduleId, string version, Func<CancellationToken, Task<CachedSeatMap>> build, CancellationToken cancellationToken)
    {
        if (await process.CallAsync(() => caches.FindMap(scheduleId, version), cancellationToken) is { } found)
        {
            return found;
        }

        var built = await build(cancellationToken);
        await process.CallAsync(() => caches.PutMap(scheduleId, built), cancellationToken);
        return built;
    }
}
