using Concert.Booking.Catalog;

namespace Concert.Embedded.Catalog;

/// <summary>
/// The last rendered map of each schedule, in memory. Callers that ask for one version at the same time share one build, which goes on until the last
/// of them gives up. Holds the <c>capacity</c> schedules asked for last.
/// </summary>
public sealed class MemorySeatMapCache(TimeProvider time, int capacity = MemorySeatMapCache.DefaultCapacity) : ISeatMapCache
{
    /// <summary>Schedules held when nothing else is said.</summary>
    public const int DefaultCapacity = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<(string ScheduleId, string Version), SharedBuild> _builds = [];

    /// <inheritdoc />
    public async Task<CachedSeatMap> GetOrBuildAsync(
        string scheduleId, string version, Func<CancellationToken, Task<CachedSeatMap>> build, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SharedBuild? shared;
        lock (_lock)
        {
            if (_entries.TryGetValue(scheduleId, out var entry) && entry.Map.Version == version)
            {
                entry.LastUsed = time.GetTimestamp();
                return entry.Map;
            }

            if (!_builds.TryGetValue((scheduleId, version), out shared))
            {
                _builds[(scheduleId, version)] = shared = new SharedBuild();
            }

            shared.Waiting++;
        }

        try
        {
            return await shared.Start(build, map => Keep(scheduleId, map)).WaitAsync(cancellationToken);
        }
        finally
        {
            Leave((scheduleId, version), shared);
        }
    }

    private void Keep(string scheduleId, CachedSeatMap map)
    {
        lock (_lock)
        {
            if (_entries.Count >= capacity && !_entries.ContainsKey(scheduleId))
            {
                _entries.Remove(_entries.MinBy(entry => entry.Value.LastUsed).Key);
            }

            _entries[scheduleId] = new Entry(map) { LastUsed = time.GetTimestamp() };
        }
    }

    private void Leave((string ScheduleId, string Version) key, SharedBuild shared)
    {
        lock (_lock)
        {
            if (--shared.Waiting > 0)
            {
                return;
            }

            if (_builds.GetValueOrDefault(key) == shared)
            {
                _builds.Remove(key);
            }
        }

        shared.Abandon();
    }

    private sealed class Entry(CachedSeatMap map)
    {
        public CachedSeatMap Map { get; } = map;

        public long LastUsed { get; set; }
    }
}
