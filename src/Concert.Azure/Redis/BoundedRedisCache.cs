using Microsoft.Extensions.Caching.Distributed;
using Polly;

namespace Concert.Azure.Redis;

/// <summary>
/// The distributed cache within the bound of a call and behind a breaker of its own. It throws when Redis is away, as any distributed cache does: who
/// asks goes to the store instead, and does so at once while the breaker is open.
/// </summary>
internal sealed class BoundedRedisCache(IDistributedCache redis, ResiliencePipeline<byte[]?> pipeline) : IDistributedCache
{
    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => RunAsync(() => redis.GetAsync(key, CancellationToken.None), token);

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        RunAsync(() => redis.SetAsync(key, value, options, CancellationToken.None), token);

    public Task RefreshAsync(string key, CancellationToken token = default) => RunAsync(() => redis.RefreshAsync(key, CancellationToken.None), token);

    public Task RemoveAsync(string key, CancellationToken token = default) => RunAsync(() => redis.RemoveAsync(key, CancellationToken.None), token);

    public byte[]? Get(string key) => throw new NotSupportedException("Synchronous calls are not supported.");

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException("Synchronous calls are not supported.");

    public void Refresh(string key) => throw new NotSupportedException("Synchronous calls are not supported.");

    public void Remove(string key) => throw new NotSupportedException("Synchronous calls are not supported.");

    private Task<byte[]?> RunAsync(Func<Task> call, CancellationToken token) => RunAsync(
        async () =>
        {
            await call();
            return null;
        },
        token);

    /// <summary>Not under the caller's token: a call that somebody gave up says nothing about Redis.</summary>
    private Task<byte[]?> RunAsync(Func<Task<byte[]?>> call, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        return pipeline.ExecuteAsync(async limit => await call().WaitAsync(limit), CancellationToken.None).AsTask().WaitAsync(token);
    }
}
