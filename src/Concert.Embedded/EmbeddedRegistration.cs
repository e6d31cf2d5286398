using Concert.Booking.Ports;
using Concert.Embedded.Messaging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Concert.Embedded;

public static class EmbeddedRegistration
{
    /// <summary>
    /// Registers every port and the pump as a hosted service, with the settings of the section <see cref="EmbeddedOptions.Section"/>; the host adds an
    /// <see cref="ICommandProcessor"/>. The data folder is opened when the host starts, or before by resolving <see cref="EmbeddedBackend"/>; see
    /// <see cref="EmbeddedBackend.Open"/> for what that may throw.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="configuration">Where the section is.</param>
    /// <param name="dataFolder">The folder of the database, created when absent; null keeps everything in memory only.</param>
    public static IServiceCollection AddConcertEmbedded(this IServiceCollection services, IConfiguration configuration, string? dataFolder)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<EmbeddedOptions>()
            .Bind(configuration.GetSection(EmbeddedOptions.Section))
            .Configure(options => options.DataFolder = dataFolder)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<EmbeddedOptions>, EmbeddedValidation>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<EmbeddedOptions>>().Value);
        services.AddSingleton(provider => EmbeddedBackend.Open(
            provider.GetRequiredService<EmbeddedOptions>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<EmbeddedBackend>>()));
        services.AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<EmbeddedBackend>().Store);
        services.AddSingleton<ICommandSender>(provider => provider.GetRequiredService<EmbeddedBackend>().Queue);
        services.AddSingleton<IQueueInspector>(provider => provider.GetRequiredService<EmbeddedBackend>().Queue);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedBackend>().Queue);
        services.AddSingleton<IWaitingRoom>(provider => provider.GetRequiredService<EmbeddedBackend>().WaitingRoom);
        services.AddSingleton<ISeatGate>(provider => provider.GetRequiredService<EmbeddedBackend>().SeatGate);
        services.AddSingleton<ISeatMapCache>(provider => provider.GetRequiredService<EmbeddedBackend>().SeatMapCache);
        services.AddSingleton<QueuePump>();
        services.AddHostedService(provider => provider.GetRequiredService<QueuePump>());
        return services;
    }
}
