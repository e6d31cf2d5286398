using Azure.Core;
using Concert.Azure;
using Concert.Azure.Cosmos;
using Concert.Azure.Redis;
using Concert.Azure.Redis.Scripting;
using Concert.Azure.ServiceBus;
using Microsoft.Extensions.Caching.StackExchangeRedis;
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
        return Errors(configuration);
    }

    private static void AddRedis(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(provider => new RedisConnection(configuration, provider.GetRequiredService<TokenCredential>()));
        services.AddSingleton<IRedisScripts, StackExchangeRedisScripts>();
        services.AddConcertRedis();
        services.AddStackExchangeRedisCache(_ => { });
        services.AddOptions<RedisCacheOptions>()
            .Configure<RedisConnection>((options, redis) => options.ConnectionMultiplexerFactory = redis.GetAsync);
    }

    private static List<string> Errors(IConfiguration configuration)
    {
        List<string> wrong = [.. ServiceBusServiceCollectionExtensions.FindServiceBusFaults(configuration)];
        ExactlyOne("Redis:endpoint", "Redis:configuration");
        Readable("Redis:endpoint", ConfigurationOptions.Parse);
        Readable("Redis:configuration", ConfigurationOptions.Parse);
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
