using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concert.Api.Endpoints;
using Concert.Api.Filters;
using Concert.Api.Json;
using Concert.Api.OpenApi;
using Concert.Booking.Calls;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Concert.Api.Tests;

public sealed class ContractTests
{
    // The calls of the product, written down here a second time so that one that is lost is noticed.
    private static readonly string[] Calls =
    [
        "POST /api/queue/issue 200 201", "GET /api/queue/check 200", "DELETE /api/queue 204",
        "GET /api/concert 200", "GET /api/concert/available-dates 200", "GET /api/concert/available-seats 200", "GET /api/concert/events 200",
        "POST /api/reservation 202", "GET /api/reservation 200", "GET /api/reservation/{id} 200",
        "GET /api/reservation/{id}/ticket 200", "POST /api/reservation/{id}/cancel 202", "DELETE /api/reservation/{id} 202",
        "POST /api/payment 202", "GET /api/payment/{id} 200", "GET /api/payment 200",
        "POST /api/user/charge 200", "GET /api/user/check 200", "GET /api/user/history 200",
        "POST /api/admin/concert 201", "POST /api/admin/schedule 201", "PATCH /api/admin/schedule/{id} 200", "GET /api/admin/schedule/{id}/seats 200", "POST /api/admin/schedule/{id}/block 200", "POST /api/admin/schedule/{id}/unblock 200", "POST /api/admin/schedule/{id}/call-off 202", "GET /api/admin/schedule/{id}/report 200",
        "GET /api/admin/schedule/{id}/reservations 200", "POST /api/admin/check-in 200",
        "GET /api/admin/schedule 200", "GET /api/admin/schedule/{id}/live 200", "GET /api/admin/books 200", "GET /api/admin/schedule/{id}/dead-letters 200",
        "POST /api/admin/schedule/{id}/dead-letters/{deadLetterId}/send-again 202", "POST /api/admin/schedule/{id}/dead-letters/{deadLetterId}/refuse 200",
        "POST /api/admin/webhook 201", "GET /api/admin/webhook 200", "DELETE /api/admin/webhook/{id} 204", "GET /api/admin/webhook/{id}/failures 200",
        "POST /api/admin/webhook/{id}/resend 200",
        "GET /health/live 200", "GET /health/ready 200",
    ];

    private readonly Api _api = Api.OfOneProcess();

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
            $"{operation.Key.ToUpperInvariant()} {path.Key} {operation.Value!["responses"]!.AsObject().Select(r => r.Key)
                .Where(s => s[0] == '2').Order().Aggregate((some, other) => $"{some} {other}")}"));
        written.Order().ShouldBe(Calls.Order());
    }

    /// <summary>Where a host keeps no request open for minutes, the contract does not say that it does, and a page that tries is told to poll.</summary>
    [Fact]
    public async Task Contract_OfAHostWithoutStreams_HasNone()
    {
        var api = new Api();
        ((await api.SendAsync("GET", "/openapi/v1.json")).Json["paths"]!["/api/concert/events"]).ShouldBeNull();
        (await api.SendAsync("GET", "/api/concert/events")).ShouldBeProblem(404, "invalid-request");
    }

    [Fact]
    public async Task Contract_Streams_AreEventsAndNoEnvelope()
    {
        var document = await DocumentAsync();
        var content = document["paths"]!["/api/concert/events"]!["get"]!["responses"]!["200"]!["content"]!.AsObject();
        content.Select(c => c.Key).ShouldBe(["text/event-stream"]);
        content["text/event-stream"]!["example"]!.GetValue<string>().ShouldContain("event: seats\ndata: {\"revision\":");
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
        var operations = Operations().ToList();
        operations.Count.ShouldBe(Calls.Length);
        foreach (var (endpoint, contract) in operations)
        {
            var name = endpoint.Metadata.GetRequiredMetadata<EndpointNameMetadata>().EndpointName;
            var method = endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0];
            var node = document["paths"]!["/" + endpoint.RoutePattern.RawText!.TrimStart('/')]![method.ToLowerInvariant()]!;
            node["operationId"]!.GetValue<string>().ShouldBe(name);
            var access = endpoint.Metadata.GetMetadata<RequiredAccess>()?.Access;
            (access is null).ShouldBe(name is "Live" or "Ready", name);
            (endpoint.Metadata.GetMetadata<EnableRateLimitingAttribute>() is null).ShouldBe(access is null, name);
            var responses = node["responses"]!.AsObject();
            var body = endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null;
            responses.ContainsKey("429").ShouldBe(access is not null, name);
            responses.ContainsKey("503").ShouldBe(name != "Live", name);
            responses.ContainsKey("500").ShouldBeTrue(name);
            responses.ContainsKey("401").ShouldBe(access is not (null or Access.Anonymous), name);
            responses.ContainsKey("403").ShouldBe(access == Access.Admitted || name == "StreamEvents", name);
            responses.ContainsKey("413").ShouldBe(body, name);
            responses.ContainsKey("415").ShouldBe(body, name);
            responses.ContainsKey("422").ShouldBe(method is "POST" or "PATCH" or "DELETE", name);
            (body || method != "POST" || name is "CancelReservation" or "SendAgain" or "RefuseDeadLetter").ShouldBeTrue(name);
            contract.Requests.Count.ShouldBe(node["requestBody"]?["content"]!["application/json"]!["examples"]!.AsObject().Count ?? 0, name);
            (contract.Responses.Count > 0).ShouldBe(name is not ("LeaveQueue" or "RemoveWebhook" or "StreamEvents"), name);
            foreach (var code in contract.Errors)
            {
                node["responses"]!.ToJsonString().ShouldContain($"\"{code.Name()}\"");
            }
        }
    }

    [Fact]
    public void Contract_EveryExample_DeserializesIntoItsType()
    {
        foreach (var (endpoint, contract) in Operations())
        {
            Check(contract.Requests, endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType);
            Check(contract.Responses, endpoint.Metadata.GetRequiredMetadata<IProducesResponseTypeMetadata>().Type);
        }

        static void Check(IReadOnlyList<Example> examples, Type? type)
        {
            foreach (var (name, value) in examples)
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(value, type!, ApiJson.Wire);
                JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize(json, type!, ApiJson.Wire), type!, ApiJson.Wire).ShouldBe(json, name);
            }
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

    private IEnumerable<(RouteEndpoint Endpoint, OperationContract Contract)> Operations() =>
        _api.Endpoints.Where(e => e.Metadata.GetMetadata<OperationContract>() is not null).Select(e => (e, e.Metadata.GetRequiredMetadata<OperationContract>()));

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
