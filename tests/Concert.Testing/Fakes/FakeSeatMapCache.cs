using System.Collections.Concurrent;
using Concert.Booking.Catalog;

namespace Concert.Testing.Fakes;

/// <summary>Keeps one map a schedule, and counts how often one was built.</summary>
public sealed class FakeSeatMapCache : ISeatMapCache
{
    private readonly ConcurrentDictionary<string, CachedSeatMap> _maps = new(StringComparer.Ordinal);
    private readonly SharedMapBuilds _builds = new();
    private int _built;

    public int Built => _built;

    public async Task<CachedSeatMap> GetOrBuildAsync(
        string scheduleId, string version, Func<CancellationToken, Task<CachedSeatMap>> build, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_maps.TryGetValue(scheduleId, out var map) && map.Version == version)
        {
            return map;
        }

        return await _builds.BuildAsync(
            scheduleId,
            version,
            async token =>
            {
                Interlocked.Increment(ref _built);
                return _maps[scheduleId] = await build(token);
            },
            cancellationToken);
    }
}
