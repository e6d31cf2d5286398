using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Concert.Azure.Redis;

[OptionsValidator]
internal sealed partial class RedisRanges : IValidateOptions<RedisOptions>;

/// <summary>Validates settings together. Each fault gets one clear line; none repeats a value that may hold a key.</summary>
internal sealed class RedisAddress : IValidateOptions<RedisOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        var errors = Errors(options).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(RedisOptions options)
    {
        if (string.IsNullOrEmpty(options.Endpoint) == string.IsNullOrEmpty(options.Configuration))
        {
            yield return "Set exactly one of Redis:Endpoint (Azure, by identity) and Redis:Configuration (a connection string, for a server of your own).";
        }

        if (!IsReadable(options.Endpoint))
        {
            yield return "Redis:Endpoint cannot be read: an address such as name.region.redis.azure.net:10000 is needed.";
        }

        if (!IsReadable(options.Configuration))
        {
            yield return "Redis:Configuration cannot be read: a connection string such as localhost:6379 is needed.";
        }
    }

    private static bool IsReadable(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) || ConfigurationOptions.Parse(text).EndPoints.Count > 0;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
