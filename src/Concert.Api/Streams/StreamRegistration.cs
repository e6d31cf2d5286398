using Concert.Api.Endpoints;
using Concert.Booking.Ports;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Concert.Api.Streams;

public static class StreamRegistration
{
    internal const string Capacity = "streams";

    /// <summary>
    /// Registers <see cref="Routes.StreamEvents"/>, beside <see cref="ApiRegistration.AddConcertApi"/>. For a host of one process that can hold thousands of
    /// requests open, and in which every change of a schedule is made.
    /// </summary>
    /// <param name="services">The host's. This has to follow the registration of the backend, whose seat-map cache it takes the place of.</param>
    /// <param name="configuration">Where the settings are.</param>
    /// <param name="maps">The backend's seat-map cache; its changes are told to the streams.</param>
    public static IServiceCollection AddConcertStreams(
        this IServiceCollection services, IConfiguration configuration, Func<IServiceProvider, ISeatMapCache> maps)
    {
        services.AddOptions<StreamOptions>().Bind(configuration.GetSection(StreamOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StreamOptions>, StreamOptionsValidation>();
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<StreamOptions>>((limiter, streams) =>
            limiter.AddConcurrencyLimiter(Capacity, concurrency => (concurrency.PermitLimit, concurrency.QueueLimit) = (streams.Value.MaxOpen, 0)));
        services.AddSingleton<WatchedSchedules>();
        services.AddSingleton<ISeatMapCache>(provider => new TellingSeatMapCache(maps(provider), provider.GetRequiredService<WatchedSchedules>()));
        services.AddSingleton<StreamFeed>();
        services.AddSingleton<IOpenStreams>(provider => provider.GetRequiredService<StreamFeed>());
        services.AddHostedService(provider => provider.GetRequiredService<StreamFeed>());
        return services.AddSingleton<IEndpoints, StreamEndpoints>();
    }
}
