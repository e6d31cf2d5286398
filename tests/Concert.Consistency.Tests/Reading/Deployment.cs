using System.Text.RegularExpressions;

namespace Concert.Consistency.Tests.Reading;

/// <summary>What the templates say about the things other files name too.</summary>
internal static partial class Deployment
{
    public static BicepFile Main => Repository.Bicep("infra/main.bicep");

    public static IEnumerable<BicepFile> All =>
        Directory.EnumerateFiles(Repository.PathOf("infra"), "*.bicep", SearchOption.AllDirectories)
            .Select(path => Repository.Bicep(Path.GetRelativePath(Repository.Root, path)));

    public static BicepObject Queue => Repository.Bicep("infra/modules/servicebus.bicep").Resource("Microsoft.ServiceBus/namespaces/queues").Declared;

    public static string QueueName => Queue["name"].Text;

    /// <summary>The app settings of the function app, as written.</summary>
    public static IReadOnlyDictionary<string, string> Settings =>
        ((BicepObject)Repository.Bicep("infra/app/api.bicep").Variables["settings"]).Properties.ToDictionary(p => p.Key, p => p.Value.Text);

    /// <summary>Containers by name, with their partition key path.</summary>
    public static IReadOnlyDictionary<string, string> Containers =>
        Repository.Bicep("infra/modules/cosmos.bicep").Variables["containers"].Items.ToDictionary(c => c["name"].Text, c => c["partitionKey"].Text);

    /// <summary>What each container is deployed as.</summary>
    public static BicepValue Container =>
        Repository.Bicep("infra/modules/cosmos.bicep").Resource("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers")
            .Declared["properties"]["resource"];

    public static IEnumerable<string> IndexedPaths => Container["indexingPolicy"]["includedPaths"].Items.Select(i => i["path"].Text);

    public static IReadOnlySet<string> SecretNames =>
        Repository.Bicep("infra/modules/secrets.bicep").ResourcesOf("Microsoft.KeyVault/vaults/secrets").Select(r => r.Declared["name"].Text).ToHashSet();

    /// <summary>The setting's name as .NET configuration has it.</summary>
    public static string ConfigurationKey(string setting) => setting.Replace("__", ":", StringComparison.Ordinal);

    /// <summary>The values of local.settings.sample.json.</summary>
    public static IReadOnlyDictionary<string, string> LocalSettings =>
        Repository.Json("local.settings.sample.json")["Values"]!.AsObject().ToDictionary(p => p.Key, p => p.Value!.GetValue<string>());

    /// <summary>Each <c>${NAME}</c> or <c>${NAME=default}</c> of main.parameters.json, by parameter.</summary>
    public static IReadOnlyDictionary<string, (string Variable, string? Default)> Parameters =>
        Repository.Json("infra/main.parameters.json")["parameters"]!.AsObject().ToDictionary(
            p => p.Key,
            p =>
            {
                var match = Placeholder().Match(p.Value!["value"]!.GetValue<string>());
                return (match.Groups["name"].Value, match.Groups["default"].Success ? match.Groups["default"].Value : null);
            });

    [GeneratedRegex(@"^\$\{(?<name>\w+)(=(?<default>[^}]*))?\}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
