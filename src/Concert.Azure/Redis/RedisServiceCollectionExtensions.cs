using Concert.Booking.Catalog;
using Concert.Booking.Ports;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using StackExchange.Redis;

namespace Concert.Azure.Redis;

public static class RedisServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="IWaitingRoom"/>, <see cref="ISeatGate"/>, <see cref="ISeatMapCache"/> and the catalogue's cache on Redis: section
    /// <c>Redis</c>. With <c>Redis:Endpoint</c> it signs in with the <see cref="RedisSignIn"/> that is registered. Wrong settings stop the host at its start with a line for
    /// each. The head registers logging.
    /// </summary>
    public static IServiceCollection AddConcertRedis(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<RedisOptions>().Bind(configuration.GetSection(RedisOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisOptions>, RedisRanges>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisOptions>, RedisAddress>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRandomSource, SystemRandomSource>();
        services.TryAddSingleton(provider => new RedisConnection(
            provider.GetRequiredService<IOptions<RedisOptions>>(), provider.GetService<RedisSignIn>()));

        // A breaker each: a slow map must not close the room.
        services.AddSingleton<IWaitingRoom>(provider =>
        {
            var caller = Caller<RedisWaitingRoom>(
                provider, (options, time) => RedisPipelines.Room(options, time, provider.GetRequiredService<IRandomSource>()));
            return new RedisWaitingRoom(caller, new RoomList(caller));
        });
        services.AddSingleton<ISeatGate>(provider => new RedisSeatGate(
            Caller<RedisSeatGate>(provider, (options, time) => RedisPipelines.Skippable<RedisResult>(options, time, options.GateTimeout))));
        services.AddSingleton<ISeatMapCache>(provider => new RedisSeatMapCache(
            Caller<RedisSeatMapCache>(provider, (options, time) => RedisPipelines.Skippable<RedisResult>(options, time, options.MapTimeout)),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IRandomSource>(),
            provider.GetRequiredService<IOptions<RedisOptions>>()));

        // The second level; the first is this process.
        services.AddHybridCache(cache => cache.MaximumPayloadBytes = CatalogReader.MaxPayloadBytes);
        services.AddSingleton<IDistributedCache>(provider =>
        {
            var connection = provider.GetRequiredService<RedisConnection>();
            var options = provider.GetRequiredService<IOptions<RedisOptions>>().Value;
            return new BoundedRedisCache(
                new RedisCache(Options.Create(new RedisCacheOptions { ConnectionMultiplexerFactory = () => connection.GetAsync().AsTask() })),
                RedisPipelines.Skippable<byte[]?>(options, provider.GetRequiredService<TimeProvider>(), options.CatalogTimeout));
        });
        return services;
    }

    private static RedisCaller Caller<T>(IServiceProvider provider, Func<RedisOptions, TimeProvider, ResiliencePipeline<RedisResult>> pipeline) => new(
        provider.GetRequiredService<RedisConnection>(),
        pipeline(provider.GetRequiredService<IOptions<RedisOptions>>().Value, provider.GetRequiredService<TimeProvider>()),
        provider.GetRequiredService<ILogger<T>>());
}
