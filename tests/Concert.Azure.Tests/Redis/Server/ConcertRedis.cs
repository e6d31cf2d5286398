using Concert.Booking.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Azure.Tests.Redis.Server;

/// <summary>The adapters as a head gets them; each call is another instance of the app, with a client of its own.</summary>
public static class ConcertRedis
{
    public static ServiceProvider Instance(RedisServer server, Action<RedisOptions>? configure = null, TimeProvider? time = null)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Redis:configuration", $"127.0.0.1:{server.Port}")])
            .Build();
        return new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(time ?? TimeProvider.System)
            .AddConcertRedis(configuration)
            .Configure<RedisOptions>(options => configure?.Invoke(options))
            .BuildServiceProvider();
    }

    public static IWaitingRoom Room(this IServiceProvider instance) => instance.GetRequiredService<IWaitingRoom>();

    public static ISeatGate Gate(this IServiceProvider instance) => instance.GetRequiredService<ISeatGate>();

    public static ISeatMapCache Maps(this IServiceProvider instance) => instance.GetRequiredService<ISeatMapCache>();

    /// <summary>Patience for a machine that is busy with other things.</summary>
    public static void Patient(RedisOptions options)
    {
        options.RoomTimeout = options.GateTimeout = options.MapTimeout = TimeSpan.FromSeconds(30);
        options.MapBuildLock = TimeSpan.FromSeconds(30);
        options.MapMaxAge = TimeSpan.FromMinutes(5);
    }
}
