using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Azure.Cosmos;

namespace Concert.Azure.Tests.Cosmos.Gateway;

/// <summary>Two physical partitions, each with half of the hash space, so that a query across partitions really crosses one.</summary>
internal static class PartitionRanges
{
    private const string Middle = "1FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

    private static readonly Func<string, string> Hash = SdkHash();

    public static string Of(string partition) => string.CompareOrdinal(Hash(partition), Middle) < 0 ? "0" : "1";

    public static JsonArray Json => [Range("0", "", Middle), Range("1", Middle, "FF")];

    private static JsonObject Range(string id, string from, string to) => new()
    {
        ["id"] = id,
        ["_rid"] = id,
        ["_etag"] = "\"0\"",
        ["minInclusive"] = from,
        ["maxExclusive"] = to,
        ["ridPrefix"] = int.Parse(id),
        ["throughputFraction"] = 0.5,
        ["status"] = "online",
        ["parents"] = new JsonArray(),
    };

    /// <summary>The SDK routes by a hash it keeps to itself; a server that means to agree with it asks for that very function.</summary>
    private static Func<string, string> SdkHash()
    {
        const BindingFlags any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var assembly = Assembly.Load("Microsoft.Azure.Cosmos.Direct");
        var key = assembly.GetType("Microsoft.Azure.Documents.Routing.PartitionKeyInternal", throwOnError: true)!;
        var definitionType = assembly.GetType("Microsoft.Azure.Documents.PartitionKeyDefinition", throwOnError: true)!;
        var definition = Activator.CreateInstance(definitionType, nonPublic: true)!;
        var version = definitionType.GetProperty("Version", any)!;
        version.SetValue(definition, Enum.ToObject(Nullable.GetUnderlyingType(version.PropertyType)!, (int)PartitionKeyDefinitionVersion.V2));
        ((System.Collections.ObjectModel.Collection<string>)definitionType.GetProperty("Paths", any)!.GetValue(definition)!).Add("/key");
        var parse = key.GetMethod("FromJsonString", any)!;
        var hash = key.GetMethod("GetEffectivePartitionKeyString", any)!;
        return partition => (string)hash.Invoke(parse.Invoke(null, [new PartitionKey(partition).ToString()]), [definition, true])!;
    }
}
