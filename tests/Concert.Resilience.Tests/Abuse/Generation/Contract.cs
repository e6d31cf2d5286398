using System.Text.Json.Nodes;
using Concert.Resilience.Tests.Abuse.Support;

namespace Concert.Resilience.Tests.Abuse.Generation;

/// <summary>A parameter as the contract document describes it.</summary>
internal sealed record ContractParameter(string Name, string In, string Example);

/// <summary>An operation as the contract document describes it, with its example bodies.</summary>
internal sealed record ContractOperation(
    string Name, string Method, string Path, IReadOnlyList<ContractParameter> Parameters, string? Security, IReadOnlyList<string> Bodies);

/// <summary>Reads <c>/openapi/v1.json</c>: what is abused is what the service says it offers, so a new operation is abused from its first day.</summary>
internal static class Contract
{
    public static async Task<IReadOnlyList<ContractOperation>> ReadAsync(AbuseHost host)
    {
        var document = (await host.SendAsync("GET", "/openapi/v1.json")).ShouldBe(200).Json;
        return [.. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject(), (path, operation) => Read(path.Key, operation.Key, operation.Value!))];
    }

    private static ContractOperation Read(string path, string method, JsonNode operation) => new(
        operation["operationId"]!.GetValue<string>(),
        method.ToUpperInvariant(),
        path,
        [.. (operation["parameters"]?.AsArray() ?? []).Select(p => new ContractParameter(
            p!["name"]!.GetValue<string>(), p["in"]!.GetValue<string>(), p["example"]!.ToString()))],
        operation["security"]!.AsArray() is [{ } scheme] ? scheme.AsObject().Single().Key : null,
        [.. (operation["requestBody"]?["content"]!["application/json"]!["examples"]!.AsObject() ?? []).Select(e => e.Value!["value"]!.ToJsonString())]);
}
