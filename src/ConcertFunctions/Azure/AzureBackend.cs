using Azure.Core;
using Concert.Azure;
using Concert.Azure.Cosmos;
using Concert.Azure.Redis;
using Concert.Azure.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace ConcertFunctions.Azure;

/// <summary>Service Bus, Cosmos DB and Redis: by identity in Azure, by connection string for emulators.</summary>
internal static class AzureBackend
{
    public static IReadOnlyList<string> Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(AzureIdentity.Of(configuration));
        services.AddConcertCosmos(configuration);
        services.AddConcertServiceBus(configuration);
        AddRedis(services, configuration);

        // Otherwise the first request would find out. Nothing connects here.
        return [.. ServiceBusServiceCollectionExtensions.FindServiceBusFaults(configuration)];
    }

    private static void AddRedis(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<RedisSignIn>(provider =>
            options => options.ConfigureForAzureWithTokenCredentialAsync(provider.GetRequiredService<TokenCredential>()));
        services.AddConcertRedis(configuration);
    }
}
