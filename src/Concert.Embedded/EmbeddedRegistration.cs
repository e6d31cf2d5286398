using Concert.Booking.Catalog;
using Concert.Booking.Messaging;
using Concert.Booking.Reservations;
using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;
using Concert.Embedded.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Concert.Embedded;

public static class EmbeddedRegistration
{
    /// <summary>
    /// Registers every port and the pump as a hosted service; the host adds an <see cref="ICommandProcessor"/>. The data folder is opened when the
    /// host starts, or before by resolving <see cref="EmbeddedBackend"/>; see <see cref="EmbeddedBackend.Open"/> for what that may throw.
    /// </summary>
    public static IServiceCollection AddConcertEmbedded(this IServiceCollection services, Action<EmbeddedOptions>? configure = null)
    {
        // Tried out at once, so that an impossible setting is known where it was written.
        var tried = new EmbeddedOptions();
        configure?.Invoke(tried);
        tried.Validate();
        return services.AddConcertEmbedded((_, options) => configure?.Invoke(options));
    }

    /// <summary>The same with settings that come from other services, such as bound options.</summary>
    public static IServiceCollection AddConcertEmbedded(this IServiceCollection services, Action<IServiceProvider, EmbeddedOptions> configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider =>
        {
            var options = new EmbeddedOptions();
            configure(provider, options);
            options.Validate();
            return options;
        });
        services.AddSingleton(provider => EmbeddedBackend.Open(
            provider.GetRequiredService<EmbeddedOptions>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<EmbeddedBackend>>()));
        services.AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<EmbeddedBackend>().Store);
        services.AddSingleton<ICommandSender>(provider => provider.GetRequiredService<EmbeddedBackend>().Queue);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedBackend>().Queue);
        services.AddSingleton<IWaitingRoom>(provider => provider.GetRequiredService<EmbeddedBackend>().WaitingRoom);
        services.AddSingleton<ISeatGate>(provider => provider.GetRequiredService<EmbeddedBackend>().SeatGate);
        services.AddSingleton<ISeatMapCache>(provider => provider.GetRequiredService<EmbeddedBackend>().SeatMapCache);
        services.AddSingleton<QueuePump>();
        services.AddHostedService(provider => provider.GetRequiredService<QueuePump>());
        return services;
    }
}
