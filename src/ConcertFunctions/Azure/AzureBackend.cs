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
    /// <summary>Registers the ports; returns one line for each setting that is wrong and has no options of its own.</summary>
    public static IReadOnlyList<string> Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(AzureIdentity.Of(configuration));
        services.AddConcertCosmos(configuration);
        services.AddConcertServiceBus(configuration);

        // Here because of the one package that not every mirror has.
        services.AddSingleton<RedisSignIn>(provider =>
            options => options.ConfigureForAzureWithTokenCredentialAsync(provider.GetRequiredService<TokenCredential>()));
        services.AddConcertRedis(configuration);
        return ServiceBusServiceCollectionExtensions.FindServiceBusFaults(configuration);
    }
}
