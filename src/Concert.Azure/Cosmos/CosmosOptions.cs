using System.Data.Common;
using Concert.Booking.Settings;
using Microsoft.Extensions.Options;

namespace Concert.Azure.Cosmos;

/// <summary>
/// Section <c>Cosmos</c>. Exactly one of <see cref="AccountEndpoint"/> (Azure: the app's identity, direct connections) and
/// <see cref="ConnectionString"/> (an emulator: its key, one gateway endpoint) is set.
/// </summary>
public sealed class CosmosOptions
{
    public const string Section = "Cosmos";

    /// <summary>The account's https address, reached with the app's identity. Exactly one of this and <see cref="ConnectionString"/> is set.</summary>
    public string? AccountEndpoint { get; set; }

    /// <summary>An emulator, reached with its key: <c>AccountEndpoint=…;AccountKey=…;</c>. Plain http only on this machine.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The database's name.</summary>
    public string Database { get; set; } = "concert";

    /// <summary>Whether the database and its containers are created at the start. In Azure the templates do that.</summary>
    public bool CreateIfMissing { get; set; }

    /// <summary>Whether any TLS certificate is accepted, as an emulator makes one for itself. Only with a connection string.</summary>
    public bool AcceptAnyCertificate { get; set; }

    /// <summary>How often the SDK repeats a throttled (429) request by itself before the caller is told to wait.</summary>
    [SettingRange(Section, 0, 9)]
    public int ThrottleRetries { get; set; } = 1;

    /// <summary>How often a batch that met another writer inside the store (449) is repeated.</summary>
    [SettingRange(Section, 0, 20)]
    public int ContentionRetries { get; set; } = 6;

    /// <summary>The longest one call may take, repeats included.</summary>
    [SettingRange(Section, "00:00:00.1000000", "00:01:00")]
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The account's address, from whichever setting gives it; null when neither is valid.</summary>
    public Uri? Endpoint => ToUri(AccountEndpoint ?? FromConnectionString("AccountEndpoint"));

    /// <summary>A value in the connection string; null when there is none.</summary>
    internal string? FromConnectionString(string key)
    {
        if (ConnectionString is null)
        {
            return null;
        }

        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = ConnectionString };
            return parts.TryGetValue(key, out var value) ? value as string : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static Uri? ToUri(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? uri : null;
}

[OptionsValidator]
internal sealed partial class CosmosRanges : IValidateOptions<CosmosOptions>;

/// <summary>One clear line for each thing beside the ranges that is wrong.</summary>
public sealed class CosmosOptionsValidator : IValidateOptions<CosmosOptions>
{
    public ValidateOptionsResult Validate(string? name, CosmosOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = Errors(options).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(CosmosOptions options)
    {
        var byIdentity = options.AccountEndpoint is not null;
        if (byIdentity == options.ConnectionString is not null)
        {
            yield return "Set exactly one of Cosmos:AccountEndpoint (Azure, by identity) and Cosmos:ConnectionString (an emulator).";
        }
        else if (options.Endpoint is null)
        {
            yield return byIdentity
                ? "Cosmos:AccountEndpoint is not an address such as https://name.documents.azure.com:443/."
                : "Cosmos:ConnectionString has no AccountEndpoint=https://…; in it.";
        }
        else if (options.Endpoint.Scheme == Uri.UriSchemeHttp && (byIdentity || !options.Endpoint.IsLoopback))
        {
            yield return $"Cosmos: {options.Endpoint.Host} is addressed by plain http, which is allowed for an emulator on this machine only.";
        }

        if (options.ConnectionString is not null && string.IsNullOrEmpty(options.FromConnectionString("AccountKey")))
        {
            yield return "Cosmos:ConnectionString has no AccountKey=…; in it.";
        }

        if (options.AcceptAnyCertificate && byIdentity)
        {
            yield return "Cosmos:AcceptAnyCertificate is for emulators: it needs Cosmos:ConnectionString.";
        }

        if (string.IsNullOrWhiteSpace(options.Database) || options.Database.Length > 255 || options.Database.AsSpan().ContainsAny("/\\?#"))
        {
            yield return "Cosmos:Database must be a name of 1 to 255 characters without / \\ ? #.";
        }
    }
}
