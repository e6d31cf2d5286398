using System.Reflection;
using System.Text.Json.Nodes;

namespace ConcertFunctions.Tests.Metadata;

/// <summary>The app as it was built: its folder, and what it tells the Functions host about its functions.</summary>
internal static class BuiltApp
{
    public static string Folder { get; } =
        typeof(BuiltApp).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "AppFolder").Value!;

    public static IReadOnlyList<FunctionMetadata> Functions { get; } =
    [
        .. JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "functions.metadata")))!.AsArray()
            .Select(f => new FunctionMetadata((string)f!["name"]!, (string)f["entryPoint"]!, [.. f["bindings"]!.AsArray().Select(b => b!.AsObject())])),
    ];
}

/// <summary>One function of <c>functions.metadata</c>.</summary>
internal sealed record FunctionMetadata(string Name, string EntryPoint, IReadOnlyList<JsonObject> Bindings)
{
    public JsonObject Trigger => Bindings.Single(b => b["type"]!.GetValue<string>().EndsWith("Trigger", StringComparison.OrdinalIgnoreCase));

    public string TriggerType => Trigger["type"]!.GetValue<string>();

    public string Text(string name) => Trigger[name]!.GetValue<string>();

    public bool Flag(string name) => Trigger[name]?.GetValue<bool>() ?? false;
}
