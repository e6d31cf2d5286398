using Concert.Booking.Catalog;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.WaitingRoom;
using Concert.Azure.Redis.Scripting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Concert.Azure.Redis;

public static class RedisServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="IWaitingRoom"/>, <see cref="ISeatGate"/> and <see cref="ISeatMapCache"/> on Redis. The head registers the
    /// <see cref="IRedisScripts"/>, and logging.
    /// </summary>
    public static IServiceCollection AddConcertRedis(this IServiceCollection services, Action<RedisOptions>? configure = null)
    {
        services.AddOptions<RedisOptions>().Configure(options => configure?.Invoke(options));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRandomSource, SystemRandomSource>();

        // A breaker each: a slow map must not close the room. The room fails closed, so it gives up only after several failures in a row.
        services.AddSingleton<IWaitingRoom>(provider =>
        {
            var caller = Caller<RedisWaitingRoom>(provider, options => options.RoomTimeout, failuresToOpen: 3);
            return new RedisWaitingRoom(caller, new RoomRegister(caller));
        });
        services.AddSingleton<ISeatGate>(provider => new RedisSeatGate(Caller<RedisSeatGate>(provider, options => options.GateTimeout, failuresToOpen: 1)));
        services.AddSingleton<ISeatMapCache>(provider => new RedisSeatMapCache(
            Caller<RedisSeatMapCache>(provider, options => options.MapTimeout, failuresToOpen: 1),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IRandomSource>(),
            provider.GetRequiredService<IOptions<RedisOptions>>()));
        return services;
    }

    private static RedisCaller Caller<T>(IServiceProvider provider, Func<RedisOptions, TimeSpan> timeout, int failuresToOpen)
    {
        var options = provider.GetRequiredService<IOptions<RedisOptions>>().Value;
        var time = provider.GetRequiredService<TimeProvider>();
        return new RedisCaller(
            provider.GetRequiredService<IRedisScripts>(),
            time,
            timeout(options),
            new CircuitBreaker(time, failuresToOpen, options.SkipAfterFailure),
            provider.GetRequiredService<ILogger<T>>());
    }
}
