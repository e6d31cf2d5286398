using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Reading;

/// <summary>
/// Every resource that a deployment would make, with loops, conditions and modules worked out by the compiler. What only Azure knows stays an expression
/// in brackets.
/// </summary>
internal sealed partial class PredictedDeployment(JsonNode snapshot)
{
    private readonly JsonNode[] _resources = [.. snapshot["predictedResources"]!.AsArray().OfType<JsonNode>()];

    public IReadOnlyList<JsonNode> Resources => _resources;

    /// <summary>What the evaluation complained about.</summary>
    public JsonArray Diagnostics => snapshot["diagnostics"]!.AsArray();

    /// <summary>The one resource of a type.</summary>
    public JsonNode Resource(string type) => ResourcesOf(type).Single();

    public IReadOnlyList<JsonNode> ResourcesOf(string type) => [.. _resources.Where(r => r["type"]!.ToString() == type)];

    /// <summary>The properties of the one resource of a type.</summary>
    public JsonNode Properties(string type) => Resource(type)["properties"]!;

    /// <summary>The properties of the app's configuration of a name.</summary>
    public JsonNode AppConfiguration(string name) =>
        ResourcesOf("Microsoft.Web/sites/config").Single(r => LastName(r) == name)["properties"]!;

    /// <summary>The app settings of the function app.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        AppConfiguration("appsettings").AsObject().ToDictionary(p => p.Key, p => p.Value!.ToString());

    /// <summary>Each role that is given: its id, and the type of the resource it is given on.</summary>
    public IEnumerable<(string Role, string On, JsonNode Properties)> Roles =>
        ResourcesOf("Microsoft.Authorization/roleAssignments").Select(r => (
            r["properties"]!["roleDefinitionId"]!.ToString().Split('/')[^1],
            Scope().Match(r["id"]!.ToString()) is { Success: true } scope ? TypeOf(scope.Groups["id"].Value) : throw new InvalidDataException($"{r["id"]}"),
            r["properties"]!));

    /// <summary>The name without those of its parents.</summary>
    public static string LastName(JsonNode resource) => resource["name"]!.ToString().Split('/')[^1];

    private static string TypeOf(string id)
    {
        var parts = id.Split("/providers/")[^1].Split('/');
        return string.Join('/', parts.Take(1).Concat(parts.Where((_, i) => i % 2 == 1)));
    }

    [GeneratedRegex(@"^(\[extensionResourceId\('(?<id>[^']+)'|(?<id>.+)/providers/Microsoft\.Authorization/)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Scope();
}
