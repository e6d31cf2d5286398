using System.Collections.Concurrent;
using Concert.Booking.Catalog;
using Microsoft.Extensions.Caching.Distributed;

namespace Concert.Booking.Tests.Support;

/// <summary>Keeps one map a key, and counts how often one was built.</summary>
internal sealed class FakeSeatMapCache : ISeatMapCache
{
    private readonly ConcurrentDictionary<string, CachedSeatMap> _maps = new(StringComparer.Ordinal);

    public int Built { get; private set; }

    public async Task<CachedSeatMap> GetOrBuildAsync(
        string scheduleId, string version, Func<CancellationToken, Task<CachedSeatMap>> build, CancellationToken cancellationToken)
    {
        if (_maps.TryGetValue(scheduleId, out var map) && map.Version == version)
        {
            return map;
        }

        Built++;
        return _maps[scheduleId] = await build(cancellationToken);
    }
}

internal sealed class FakeDistributedCache : IDistributedCache
{
    public ConcurrentDictionary<string, byte[]> Entries { get; } = new(StringComparer.Ordinal);

    public bool Away { get; set; }

    public byte[]? Get(string key) => throw new NotSupportedException();

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
        Away ? throw new IOException("the cache is away") : Task.FromResult(Entries.GetValueOrDefault(key));

    public void Refresh(string key) => throw new NotSupportedException();

    public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public Task RemoveAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        if (Away)
        {
            throw new IOException("the cache is away");
        }

        Entries[key] = value;
        return Task.CompletedTask;
    }
}
