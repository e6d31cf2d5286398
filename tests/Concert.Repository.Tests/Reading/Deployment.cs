using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Reading;

/// <summary>What the templates say about the things other files name too.</summary>
internal static partial class Deployment
{
    private const string ContainerType = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";

    public static JsonNode Queue => CompiledTemplates.Default.Properties("Microsoft.ServiceBus/namespaces/queues");

    public static string QueueName => PredictedDeployment.LastName(CompiledTemplates.Default.Resource("Microsoft.ServiceBus/namespaces/queues"));

    /// <summary>The app settings of the function app.</summary>
    public static IReadOnlyDictionary<string, string> Settings => CompiledTemplates.Default.Settings;

    /// <summary>What each container is deployed as.</summary>
    public static IEnumerable<JsonNode> Containers => CompiledTemplates.Default.ResourcesOf(ContainerType).Select(r => r["properties"]!["resource"]!);

    /// <summary>Containers by name, with their partition key path.</summary>
    public static IReadOnlyDictionary<string, string> PartitionKeys =>
        Containers.ToDictionary(c => c["id"]!.ToString(), c => c["partitionKey"]!["paths"]!.AsArray().Single()!.ToString());

    public static IReadOnlySet<string> SecretNames =>
        CompiledTemplates.Default.ResourcesOf("Microsoft.KeyVault/vaults/secrets").Select(PredictedDeployment.LastName).ToHashSet();

    /// <summary>The paths that a container indexes.</summary>
    public static IEnumerable<string> IndexedPaths(JsonNode container) =>
        container["indexingPolicy"]!["includedPaths"]!.AsArray().Select(i => i!["path"]!.ToString());

    /// <summary>The setting's name as .NET configuration has it.</summary>
    public static string ConfigurationKey(string setting) => setting.Replace("__", ":", StringComparison.Ordinal);

    /// <summary>The values of local.settings.sample.json.</summary>
    public static IReadOnlyDictionary<string, string> LocalSettings =>
        Repo.Json("local.settings.sample.json")["Values"]!.AsObject().ToDictionary(p => p.Key, p => p.Value!.GetValue<string>());

    /// <summary>Each <c>${NAME}</c> or <c>${NAME=default}</c> of main.parameters.json, by parameter.</summary>
    public static IReadOnlyDictionary<string, (string Variable, string? Default)> Parameters =>
        Repo.Json("infra/main.parameters.json")["parameters"]!.AsObject().ToDictionary(
            p => p.Key,
            p =>
            {
                var match = Placeholder().Match(p.Value!["value"]!.GetValue<string>());
                return (match.Groups["name"].Value, match.Groups["default"].Success ? match.Groups["default"].Value : null);
            });

    [GeneratedRegex(@"^\$\{(?<name>\w+)(=(?<default>[^}]*))?\}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
