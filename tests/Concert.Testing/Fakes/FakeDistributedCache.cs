using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Distributed;

namespace Concert.Testing.Fakes;

/// <summary>The distributed cache over memory, or away.</summary>
public sealed class FakeDistributedCache : IDistributedCache
{
    public ConcurrentDictionary<string, byte[]> Entries { get; } = new(StringComparer.Ordinal);

    public bool Away { get; set; }

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
        Away ? throw new IOException("the cache is away") : Task.FromResult(Entries.GetValueOrDefault(key));

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        if (Away)
        {
            throw new IOException("the cache is away");
        }

        Entries[key] = value;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public byte[]? Get(string key) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();
}
