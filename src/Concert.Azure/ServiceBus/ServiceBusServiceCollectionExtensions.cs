using Azure.Core;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Concert.Booking.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Concert.Azure.ServiceBus;

public static class ServiceBusServiceCollectionExtensions
{
    private const string ByIdentity = QueueNames.Connection + ":fullyQualifiedNamespace";

    /// <summary>
    /// <see cref="ICommandSender"/> and <see cref="IQueueInspector"/> on Service Bus: <c>ServiceBusConnection:fullyQualifiedNamespace</c> with the registered <see cref="TokenCredential"/>,
    /// or <c>ServiceBusConnection</c>, a connection string, for emulators. Nothing connects before the first send.
    /// </summary>
    public static IServiceCollection AddConcertServiceBus(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);

        // One client and one sender for the life of the process: each has its own connection and link.
        services.AddSingleton(provider => configuration[ByIdentity] is { Length: > 0 } name
            ? new ServiceBusClient(name, provider.GetRequiredService<TokenCredential>(), Options())
            : new ServiceBusClient(configuration[QueueNames.Connection]!, Options()));
        services.AddSingleton(provider => provider.GetRequiredService<ServiceBusClient>().CreateSender(QueueNames.SeatCommands));
        services.AddSingleton<ICommandSender, ServiceBusCommandSender>();
        services.AddSingleton(provider => configuration[ByIdentity] is { Length: > 0 } name
            ? new ServiceBusAdministrationClient(name, provider.GetRequiredService<TokenCredential>())
            : new ServiceBusAdministrationClient(configuration[QueueNames.Connection]!));
        services.AddSingleton<IQueueInspector, ServiceBusQueueInspector>();
        return services;
    }

    /// <summary>One line for each setting that is wrong; otherwise the first request would find out. The library's own message may hold the key.</summary>
    public static IReadOnlyList<string> FindServiceBusFaults(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var (name, text) = (configuration[ByIdentity], configuration[QueueNames.Connection]);
        if (string.IsNullOrEmpty(name) == string.IsNullOrEmpty(text))
        {
            return [$"Set exactly one of {ByIdentity} (Azure, by identity) and {QueueNames.Connection} (a connection string, for emulators)."];
        }

        try
        {
            // Nothing connects here.
            _ = string.IsNullOrEmpty(text) ? null : new ServiceBusClient(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return [$"{QueueNames.Connection} cannot be read: a connection string is needed."];
        }

        return string.IsNullOrEmpty(name) || Uri.CheckHostName(name) == UriHostNameType.Dns
            ? []
            : [$"{ByIdentity} is '{name}'; it must be a host name such as 'sale.servicebus.windows.net'."];
    }

    private static ServiceBusClientOptions Options() => new()
    {
        RetryOptions = new ServiceBusRetryOptions
        {
            Mode = ServiceBusRetryMode.Exponential,
            MaxRetries = 3,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = TimeSpan.FromSeconds(2),
            TryTimeout = TimeSpan.FromSeconds(5),
        },
    };
}
