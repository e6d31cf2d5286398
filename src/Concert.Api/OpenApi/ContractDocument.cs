using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concert.Api.Identity;
using Concert.Api.Json;

namespace Concert.Api.OpenApi;

/// <summary>The OpenAPI 3.1 document of the operation table, rendered once.</summary>
internal sealed class ContractDocument
{
    private readonly Lazy<(byte[] Json, string ETag)> _rendered;

    public ContractDocument(IReadOnlyList<ApiOperation> operations) => _rendered = new(() =>
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(Build(operations), ApiJson.Wire.JsonObject);
        return (json, $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 8))}\"");
    });

    public byte[] Json => _rendered.Value.Json;

    public string ETag => _rendered.Value.ETag;

    private static JsonObject Build(IReadOnlyList<ApiOperation> operations)
    {
        var schemas = new SchemaBook();
        var writer = new OperationWriter(schemas);
        var paths = new JsonObject();
        foreach (var operation in operations)
        {
            var path = "/" + operation.Route;
            (paths[path] ??= new JsonObject())[operation.Method.ToLowerInvariant()] = writer.Write(operation);
        }

        schemas.Of(ApiJson.Wire.ProblemBody);
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Concert booking",
                ["version"] = "1",
                ["description"] = "Books concert seats and never sells one twice. Commands answer 202 at once and are decided in order; "
                    + "`Prefer: wait=N` waits for the outcome. Money is a whole number of won, times are ISO 8601 with offset.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["tags"] = new JsonArray([.. operations.Select(o => o.Tag).Distinct().Select(tag => (JsonNode)new JsonObject { ["name"] = tag })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.Components(),
                ["securitySchemes"] = new JsonObject
                {
                    [Gatekeeper.TokenHeader] = ApiKey(Gatekeeper.TokenHeader, "The token of POST /api/queue/issue."),
                    [Gatekeeper.AdminHeader] = ApiKey(Gatekeeper.AdminHeader, "The admin key."),
                },
            },
        };
    }

    private static JsonObject ApiKey(string header, string description) =>
        new() { ["type"] = "apiKey", ["in"] = "header", ["name"] = header, ["description"] = description };
}
