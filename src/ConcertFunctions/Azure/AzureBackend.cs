using Azure.Core;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Concert.Booking.Messaging;
using Concert.Azure.Cosmos;
using Concert.Azure.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace ConcertFunctions.Azure;

/// <summary>Service Bus, Cosmos DB and Redis: by identity in Azure, by connection string for emulators.</summary>
internal static class AzureBackend
{
    public static IReadOnlyList<string> Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<TokenCredential>(
            new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = configuration["AZURE_CLIENT_ID"] }));
        services.AddConcertCosmos(configuration);
        AddServiceBus(services, configuration);
        AddRedis(services, configuration);
        return Errors(configuration);
    }

    private static void AddServiceBus(IServiceCollection services, IConfiguration configuration)
    {
        var options = new ServiceBusClientOptions
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

        // One client and one sender for the life of the process: each has its own connection and link.
        services.AddSingleton(provider => configuration["ServiceBusConnection:fullyQualifiedNamespace"] is { Length: > 0 } name
            ? new ServiceBusClient(name, provider.GetRequiredService<TokenCredential>(), options)
            : new ServiceBusClient(configuration["ServiceBusConnection"]!, options));
        services.AddSingleton(provider => provider.GetRequiredService<ServiceBusClient>().CreateSender(QueueNames.SeatCommands));
        services.AddSingleton<ICommandSender, ServiceBusCommandSender>();
    }

    private static void AddRedis(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<RedisSignIn>(provider =>
            options => options.ConfigureForAzureWithTokenCredentialAsync(provider.GetRequiredService<TokenCredential>()));
        services.AddConcertRedis(configuration);
    }

    private static List<string> Errors(IConfiguration configuration)
    {
        List<string> wrong = [];
        ExactlyOne("ServiceBusConnection:fullyQualifiedNamespace", "ServiceBusConnection");
        Readable("ServiceBusConnection", text => new ServiceBusClient(text));
        return wrong;

        // Otherwise the first request would find out. Nothing connects here, and the message of the library may hold the key.
        void Readable(string name, Func<string, object> read)
        {
            try
            {
                _ = configuration[name] is { Length: > 0 } text ? read(text) : null;
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                wrong.Add($"{name} cannot be read: a connection string is needed.");
            }
        }

        void ExactlyOne(string byIdentity, string byString)
        {
            if (string.IsNullOrEmpty(configuration[byIdentity]) == string.IsNullOrEmpty(configuration[byString]))
            {
                wrong.Add($"Set exactly one of {byIdentity} (Azure, by identity) and {byString} (a connection string, for emulators).");
            }
        }
    }
}

/// <summary>Names shared by the sender, the triggers and the templates.</summary>
internal static class QueueNames
{
    public const string SeatCommands = "seat-commands";
    public const string SeatCommandsDeadLetters = "seat-commands/$DeadLetterQueue";
    public const string Connection = "ServiceBusConnection";
}
