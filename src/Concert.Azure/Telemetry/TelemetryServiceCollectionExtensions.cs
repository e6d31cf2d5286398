using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using Names = Concert.Booking.Telemetry.BookingTelemetry;

namespace Concert.Azure.Telemetry;

public static class BookingTelemetryServiceCollectionExtensions
{
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>
    /// The service's traces, metrics and logs to Application Insights by OpenTelemetry; null, and nothing registered, where no connection string says
    /// where to. A metric keeps its instrument's name: its unit is not added to it. <paramref name="identity"/> signs in where the setting
    /// <c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c> asks for it.
    /// </summary>
    public static IOpenTelemetryBuilder? AddConcertTelemetry(this IServiceCollection services, IConfiguration configuration, TokenCredential identity)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (string.IsNullOrEmpty(configuration[ConnectionString]))
        {
            return null;
        }

        services.AddApplicationInsightsTelemetryWorkerService(options =>
        {
            options.ConnectionString = configuration[ConnectionString];

            // Nothing is sampled here, so that no exception is ever dropped. The default would keep five traces a second.
            options.SamplingRatio = 1;
            options.TracesPerSecond = null;
            options.Credential = string.IsNullOrEmpty(configuration[Authentication]) ? null : identity;
        });
        return services.AddOpenTelemetry()
            .WithTracing(traces => traces.AddSource(Names.Name))
            .WithMetrics(metrics => metrics.AddMeter(Names.Name));
    }
}
