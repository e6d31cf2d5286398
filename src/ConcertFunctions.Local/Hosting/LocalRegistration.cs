using Concert.Api;
using Concert.Api.Streams;
using Concert.Booking;
using Concert.Booking.Catalog;
using Concert.Embedded;
using ConcertFunctions.Local.Demo;
using ConcertFunctions.Local.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ConcertFunctions.Local.Hosting;

internal static class LocalRegistration
{
    public const string DefaultUrl = "http://localhost:7071";

    // Well above the API's own limit: the API refuses first, and Kestrel reads the rest away, so that the client gets to see the 413 and no reset connection.
    private const long MaxBody = 2 * ApiLimits.PlanBytes;

    public static void AddConcertLocal(this IServiceCollection services, IConfiguration configuration, string? dataFolder)
    {
        services.AddOptions<TimersOptions>().Bind(configuration).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TimersOptions>, TimersValidation>();
        services.AddOptions<LocalOptions>().Bind(configuration.GetSection(LocalOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LocalOptions>, LocalOptionsValidation>();
        services.AddOptions<HostOptions>().Configure<IOptions<EmbeddedOptions>>((host, embedded) => host.ShutdownTimeout = embedded.Value.DrainTimeout + TimeSpan.FromSeconds(15));

        services.AddHybridCache(cache => cache.MaximumPayloadBytes = CatalogReader.MaxPayloadBytes);
        services.AddConcertBooking(configuration);
        services.AddConcertApi(configuration);

        // In this order they start, and in the reverse they stop: the pump works before the demo catalogue needs it and until the last request is in.
        services.AddConcertEmbedded(configuration, dataFolder);
        services.AddConcertStreams(configuration, static provider => provider.GetRequiredService<EmbeddedBackend>().SeatMapCache);
        services.AddHostedService<DemoSeeding>();
        services.AddHostedService<TimerService>();
        services.AddSingleton<IProcessMemory, ProcessMemory>();
        services.AddHostedService<QuietTime>();
        if (!string.IsNullOrEmpty(configuration[OtlpExport.EndpointVariable]))
        {
            services.AddHostedService<OtlpExport>();
        }
    }

    public static void AddKestrel(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<LocalOptions>>((kestrel, local) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = local.Value.MaxConnections;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            // Four times what the API allows: up to there a request is told what is wrong with it, beyond it Kestrel answers a bare status.
            kestrel.Limits.MaxRequestLineSize = 4 * ApiLimits.TargetLength;
            kestrel.Limits.MaxRequestHeadersTotalSize = 4 * ApiLimits.HeadersLength;
            kestrel.Limits.MaxRequestHeaderCount = 4 * ApiLimits.HeaderCount;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(120);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        });
    }

    public static void AddLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();

        // Why a start failed is said once, in a line of our own.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
    }
}
