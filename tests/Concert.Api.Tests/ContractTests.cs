using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concert.Booking.Shared;
using Microsoft.OpenApi;

namespace Concert.Api.Tests;

public sealed class ContractTests
{
    // The calls of the product, written down here a second time so that one that is lost is noticed.
    private static readonly string[] Calls =
    [
        "POST /api/queue/issue 201", "GET /api/queue/check 200", "DELETE /api/queue 204",
        "GET /api/concert 200", "GET /api/concert/available-dates 200", "GET /api/concert/available-seats 200",
        "POST /api/reservation 202", "GET /api/reservation 200", "GET /api/reservation/{id} 200",
        "POST /api/reservation/{id}/cancel 202", "DELETE /api/reservation/{id} 202",
        "POST /api/payment 202", "GET /api/payment/{id} 200", "GET /api/payment 200",
        "POST /api/user/charge 200", "GET /api/user/check 200", "GET /api/user/history 200",
        "POST /api/admin/concert 201", "POST /api/admin/schedule 201", "GET /api/admin/schedule/{id}/report 200",
        "GET /health/live 200", "GET /health/ready 200",
    ];

    private readonly Api _api = new();

    [Fact]
    public async Task Contract_ReadBackByAReader_IsValid()
    {
        var answer = await _api.SendAsync("GET", "/openapi/v1.json", null, ("queue-token", null));
        answer.Status.ShouldBe(200);
        var read = OpenApiDocument.Parse(Encoding.UTF8.GetString(answer.Body), "json");
        read.Diagnostic!.Errors.ShouldBeEmpty();
        read.Diagnostic.SpecificationVersion.ShouldBe(OpenApiSpecVersion.OpenApi3_1);
        read.Document!.Validate(ValidationRuleSet.GetDefaultRuleSet()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Contract_EveryCallOfTheProduct_IsThereWithItsStatus()
    {
        var document = await DocumentAsync();
        var written = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation =>
            $"{operation.Key.ToUpperInvariant()} {path.Key} {operation.Value!["responses"]!.AsObject().Select(r => r.Key).Single(s => s[0] == '2')}"));
        written.Order().ShouldBe(Calls.Order());
    }

    [Fact]
    public async Task Contract_EveryCodeOfTheList_IsSomeOperationsError()
    {
        var document = await DocumentAsync();
        var text = document["paths"]!.ToJsonString();
        foreach (var code in Enum.GetValues<RefusalCode>())
        {
            text.ShouldContain($"\"urn:concert:problem:{code.Name()}\"");
        }
    }

    [Fact]
    public async Task Contract_EveryOperation_SaysWhoMayCallAndWhatItRefuses()
    {
        var document = await DocumentAsync();
        foreach (var operation in _api.Table.Operations.Where(o => !o.IsSystem))
        {
            var node = document["paths"]!["/" + operation.Route]![operation.Method.ToLowerInvariant()]!;
            node["operationId"]!.GetValue<string>().ShouldBe(operation.Name);
            var responses = node["responses"]!.AsObject();
            responses.ContainsKey("429").ShouldBeTrue(operation.Name);
            responses.ContainsKey("503").ShouldBeTrue(operation.Name);
            responses.ContainsKey("500").ShouldBeTrue(operation.Name);
            responses.ContainsKey("401").ShouldBe(operation.Access != Access.Anonymous, operation.Name);
            responses.ContainsKey("403").ShouldBe(operation.Access == Access.Admitted, operation.Name);
            responses.ContainsKey("413").ShouldBe(operation.Request is not null, operation.Name);
            responses.ContainsKey("415").ShouldBe(operation.Request is not null, operation.Name);
            responses.ContainsKey("422").ShouldBe(operation.IsCommand, operation.Name);
            foreach (var code in operation.Errors)
            {
                node["responses"]!.ToJsonString().ShouldContain($"\"{code.Name()}\"");
            }
        }
    }

    [Fact]
    public void Contract_EveryExample_DeserializesIntoItsType()
    {
        foreach (var operation in _api.Table.Operations)
        {
            foreach (var body in new[] { operation.Request, operation.Response })
            {
                foreach (var (name, value) in body?.Examples ?? [])
                {
                    var json = JsonSerializer.SerializeToUtf8Bytes(value, body!.Type);
                    JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize(json, body.Type), body.Type).ShouldBe(json, $"{operation.Name}: {name}");
                }
            }

            (operation.Response is null || operation.Response.Examples.Count > 0).ShouldBeTrue(operation.Name);
        }
    }

    [Fact]
    public async Task Contract_EveryExample_HasWhatItsSchemaRequires()
    {
        var document = await DocumentAsync();
        foreach (var content in Contents(document["paths"]!))
        {
            foreach (var example in content["examples"]!.AsObject())
            {
                Check(document, content["schema"]!, example.Value!["value"], example.Key);
            }
        }
    }

    [Fact]
    public async Task Contract_AskedForAgain_Is304()
    {
        var etag = (await _api.SendAsync("GET", "/openapi/v1.json")).Headers.ETag.ToString();
        (await _api.SendAsync("GET", "/api/openapi/v1.json", null, ("If-None-Match", etag))).Status.ShouldBe(304);
    }

    private async Task<JsonNode> DocumentAsync() => (await _api.SendAsync("GET", "/openapi/v1.json")).Json;

    private static IEnumerable<JsonNode> Contents(JsonNode node) => node switch
    {
        JsonObject parent when parent.ContainsKey("schema") && parent.ContainsKey("examples") => [parent],
        JsonObject parent => parent.Where(p => p.Value is not null).SelectMany(p => Contents(p.Value!)),
        JsonArray list => list.SelectMany(item => Contents(item!)),
        _ => [],
    };

    // The part of JSON Schema that the document uses: references, types, required, properties, items, ranges.
    private static void Check(JsonNode document, JsonNode schema, JsonNode? value, string where)
    {
        if (schema["$ref"] is { } reference)
        {
            Check(document, document["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]]!, value, where);
            return;
        }

        switch ((string?)schema["type"])
        {
            case "object":
                var target = value.ShouldBeOfType<JsonObject>(where);
                foreach (var name in schema["required"]?.AsArray() ?? [])
                {
                    target.ContainsKey(name!.GetValue<string>()).ShouldBeTrue($"{where}.{name}");
                }

                foreach (var (name, inner) in schema["properties"]?.AsObject() ?? [])
                {
                    if (target.TryGetPropertyValue(name, out var member))
                    {
                        Check(document, inner!, member, $"{where}.{name}");
                    }
                }

                break;
            case "array":
                foreach (var item in value.ShouldBeOfType<JsonArray>(where))
                {
                    Check(document, schema["items"]!, item, where + "[]");
                }

                break;
            case "string":
                value!.GetValueKind().ShouldBe(JsonValueKind.String, where);
                break;
            case "integer":
                value!.GetValueKind().ShouldBe(JsonValueKind.Number, where);
                break;
        }
    }
}
