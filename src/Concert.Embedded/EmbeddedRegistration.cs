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
        var options = new EmbeddedOptions();
        configure?.Invoke(options);
        options.Validate();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => EmbeddedBackend.Open(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<EmbeddedBackend>>()));
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
