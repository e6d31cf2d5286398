using Azure.Core;

namespace StackExchange.Redis;

/// <summary>Signature only.</summary>
public static class AzureCacheForRedis
{
    public static Task<ConfigurationOptions> ConfigureForAzureWithTokenCredentialAsync(this ConfigurationOptions configurationOptions, TokenCredential tokenCredential) =>
        throw new NotSupportedException("A stand-in.");
}
