using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concert.Api.Identity;
using Concert.Api.Json;
using Concert.Api.Responses;
using Concert.Booking.Shared;

namespace Concert.Api.OpenApi;

/// <summary>One operation of the document.</summary>
internal sealed class OperationWriter(SchemaBook schemas)
{
    public JsonObject Write(ApiOperation operation)
    {
        var node = new JsonObject
        {
            ["operationId"] = operation.Name,
            ["tags"] = new JsonArray(operation.Tag),
            ["summary"] = operation.Summary,
        };
        if (operation.LaterErrors.Count > 0)
        {
            node["description"] = "Once accepted, it can still be refused: `reason` is then one of "
                + string.Join(", ", operation.LaterErrors.Select(code => $"`{code.Name()}`")) + ".";
        }

        if (operation.Parameters.Count > 0)
        {
            node["parameters"] = new JsonArray([.. operation.Parameters.Select(Parameter)]);
        }

        if (operation.Request is { } request)
        {
            node["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject { ["application/json"] = Content(schemas.Of(request.Type), request, value => value) },
            };
        }

        node["responses"] = Responses(operation);
        node["security"] = Security(operation.Access);
        return node;
    }

    private JsonObject Responses(ApiOperation operation)
    {
        var success = new JsonObject { ["description"] = operation.Summary };
        if (operation.ResponseHeaders.Count > 0)
        {
            success["headers"] = new JsonObject([.. operation.ResponseHeaders.Select(header =>
                KeyValuePair.Create<string, JsonNode?>(header, new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } }))]);
        }

        if (operation.Response is { } response)
        {
            var envelope = new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray("success", "data"),
                ["properties"] = new JsonObject { ["success"] = new JsonObject { ["const"] = true }, ["data"] = schemas.Of(response.Type) },
            };
            success["content"] = new JsonObject
            {
                ["application/json"] = Content(envelope, response, value => new JsonObject { ["success"] = true, ["data"] = value }),
            };
        }

        var responses = new JsonObject { [Number(operation.SuccessStatus)] = success };
        if (operation.ResponseHeaders.Contains("ETag"))
        {
            responses["304"] = new JsonObject { ["description"] = "Nothing changed." };
        }

        foreach (var sameStatus in OperationErrors.Of(operation).GroupBy(p => p.Status).OrderBy(g => g.Key))
        {
            responses[Number(sameStatus.Key)] = Failure([.. sameStatus]);
        }

        return responses;
    }

    private JsonObject Failure(IReadOnlyList<Problem> problems)
    {
        var node = new JsonObject { ["description"] = string.Join(", ", problems.Select(p => $"`{p.Code}`")) };
        if (problems.Any(p => p.RetryAfter is not null))
        {
            node["headers"] = new JsonObject { ["Retry-After"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1 } } };
        }

        var examples = new ApiBody(ApiJson.Wire.ProblemBody, [.. problems.Select(p => (p.Code, (object)Body(p)))]);
        node["content"] = new JsonObject { ["application/problem+json"] = Content(schemas.Of(ApiJson.Wire.ProblemBody), examples, value => value) };
        return node;
    }

    private static ProblemBody Body(Problem problem) => new(
        Problems.TypePrefix + problem.Code, problem.Title, problem.Status, problem.Detail, false, problem.Detail, problem.Code,
        "4bf92f3577b34da6a3ce929d0e0e4736");

    private static JsonObject Content(JsonNode schema, ApiBody body, Func<JsonNode?, JsonNode?> wrap) => new()
    {
        ["schema"] = schema,
        ["examples"] = new JsonObject([.. body.Examples.Select(example => KeyValuePair.Create<string, JsonNode?>(
            example.Name, new JsonObject { ["value"] = wrap(JsonSerializer.SerializeToNode(example.Value, body.Type)) }))]),
    };

    private static JsonNode Parameter(ApiParameter parameter)
    {
        var schema = parameter.Range is { } range
            ? new JsonObject { ["type"] = "integer", ["minimum"] = range.Min, ["maximum"] = range.Max }
            : new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = parameter.MaxLength };
        if (parameter.OneOf is { } values)
        {
            schema["enum"] = new JsonArray([.. values.Select(v => (JsonNode)v)]);
        }

        return new JsonObject
        {
            ["name"] = parameter.Name,
            ["in"] = parameter.In,
            ["required"] = parameter.Required,
            ["description"] = parameter.Description,
            ["schema"] = schema,
            ["example"] = parameter.Range is null ? parameter.Example : int.Parse(parameter.Example, CultureInfo.InvariantCulture),
        };
    }

    private static JsonArray Security(Access access) => access switch
    {
        Access.Admin => [new JsonObject { [Gatekeeper.AdminHeader] = new JsonArray() }],
        Access.Known or Access.Token or Access.Admitted => [new JsonObject { [Gatekeeper.TokenHeader] = new JsonArray() }],
        _ => [],
    };

    private static string Number(int status) => status.ToString(CultureInfo.InvariantCulture);
}
