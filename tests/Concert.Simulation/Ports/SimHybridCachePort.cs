using System.Buffers;
using Concert.Booking.Ports;
using Concert.Simulation.Engine;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace Concert.Simulation.Ports;

/// <summary>
/// The cache as one instance has it, on the one thread of the simulation: objects in its own memory until they expire, bytes in Redis behind it. It keeps
/// what the real one keeps, nulls too; builds are shared, belong to no caller, and are answered before Redis has them; a Redis that is away is a miss.
/// </summary>
public sealed class SimHybridCachePort(SimProcess process, SimCaches caches, IServiceProvider serializers) : HybridCache
{
    private readonly Dictionary<string, (object? Value, DateTimeOffset Until)> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> _underWay = new(StringComparer.Ordinal);

    public override async ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_kept.TryGetValue(key, out var kept) && process.Time.GetUtcNow() < kept.Until)
        {
            return (T)kept.Value!;
        }

        if (!_underWay.TryGetValue(key, out var running))
        {
            var started = new TaskCompletionSource();
            _underWay[key] = running = BuildAsync(started.Task, key, state, factory, options);
            started.SetResult();
        }

        return await ((Task<T>)running).WaitAsync(cancellationToken);
    }

    public override async ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        Keep(key, value, options);
        await SpreadAsync(key, value);
    }

    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private async Task<T> BuildAsync<TState, T>(
        Task started, string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options)
    {
        await started;
        try
        {
            if (await FetchAsync(key) is { } bytes)
            {
                return Keep(key, Serializer<T>().Deserialize(new ReadOnlySequence<byte>(bytes)), options);
            }

            var built = Keep(key, await factory(state, CancellationToken.None), options);
            process.Start(() => SpreadAsync(key, built));
            return built;
        }
        finally
        {
            _underWay.Remove(key);
        }
    }

    private T Keep<T>(string key, T value, HybridCacheEntryOptions? options)
    {
        var lifetime = options?.LocalCacheExpiration ?? options?.Expiration ?? TimeSpan.FromMinutes(5);
        _kept[key] = (value, process.Time.GetUtcNow() + lifetime);
        return value;
    }

    private async Task<byte[]?> FetchAsync(string key)
    {
        try
        {
            return await process.CallAsync(() => caches.Get(key));
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private async Task SpreadAsync<T>(string key, T value)
    {
        if (value is null)
        {
            return;
        }

        var bytes = new ArrayBufferWriter<byte>();
        Serializer<T>().Serialize(value, bytes);
        try
        {
            await process.CallAsync(() => caches.Set(key, bytes.WrittenSpan.ToArray()));
        }
        catch (StoreUnavailableException)
        {
            // Another instance reads the store then.
        }
    }

    private IHybridCacheSerializer<T> Serializer<T>() => serializers.GetRequiredService<IHybridCacheSerializer<T>>();
}
