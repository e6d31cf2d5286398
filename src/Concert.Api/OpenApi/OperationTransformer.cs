using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concert.Api.Endpoints;
using Concert.Api.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Concert.Api.OpenApi;

/// <summary>Adds to an operation what its <see cref="OperationContract"/> says, its envelope, and every refusal with an example.</summary>
internal static class OperationTransformer
{
    private const string ProblemSchema = "Problem";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    public static async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var contract = metadata.OfType<OperationContract>().Single();
        var access = metadata.OfType<RequiredAccess>().SingleOrDefault()?.Access;
        var document = context.Document!;
        if (document.Components?.Schemas?.ContainsKey(ProblemSchema) is not true)
        {
            document.AddComponent(ProblemSchema, await context.GetOrCreateSchemaAsync(typeof(ProblemBody), null, cancellationToken));
        }

        if (contract.LaterErrors.Count > 0)
        {
            operation.Description = "Once accepted, it can still be refused: `reason` is then one of "
                + string.Join(", ", contract.LaterErrors.Select(code => $"`{code.Name()}`")) + ".";
        }

        operation.Parameters = [.. contract.Parameters.Select(Describe)];
        operation.RequestBody?.Content?.Values.Single().Examples = Named(contract.Requests, metadata.OfType<IAcceptsMetadata>().Single().RequestType!);
        DescribeSuccess(operation, contract, metadata.OfType<IProducesResponseTypeMetadata>().First().Type);
        var problems = Problems(access, contract, metadata.OfType<IAcceptsMetadata>().Any());
        foreach (var status in problems.GroupBy(p => p.Status))
        {
            operation.Responses![Number(status.Key)] = Failure([.. status], new OpenApiSchemaReference(ProblemSchema, document));
        }

        operation.Security = Scheme(access) is { } scheme
            ? [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, document)] = [] }]
            : [];
    }

    private static void DescribeSuccess(OpenApiOperation operation, OperationContract contract, Type? type)
    {
        foreach (var success in operation.Responses!.Values.Cast<OpenApiResponse>())
        {
            success.Description = operation.Summary;
            success.Headers = contract.Headers.Count == 0
                ? null
                : contract.Headers.ToDictionary(h => h, IOpenApiHeader (_) => new OpenApiHeader { Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            foreach (var content in success.Content?.Values ?? [])
            {
                content.Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { "success", "data" },
                    Properties = new Dictionary<string, IOpenApiSchema> { ["success"] = new OpenApiSchema { Type = JsonSchemaType.Boolean }, ["data"] = content.Schema! },
                };
                content.Examples = Named(contract.Responses, type!, static value => new JsonObject { ["success"] = true, ["data"] = value });
            }

            foreach (var other in contract.OtherMedia)
            {
                (success.Content ??= new Dictionary<string, OpenApiMediaType>()).Add(other.MediaType, new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = other.Example });
            }
        }

        if (contract.Headers.Contains("ETag"))
        {
            operation.Responses!["304"] = new OpenApiResponse { Description = "Nothing changed." };
        }
    }

    /// <summary>Every refusal of an operation: its own, and those that its access and its form bring along.</summary>
    private static IEnumerable<Problem> Problems(Access? access, OperationContract contract, bool hasBody)
    {
        IEnumerable<RefusalCode> ofAccess = access switch
        {
            Access.NamedUser => [RefusalCode.NoToken],
            Access.Known or Access.Token => [RefusalCode.NoToken, RefusalCode.BadToken, RefusalCode.TokenExpired],
            Access.Admitted => [RefusalCode.NoToken, RefusalCode.BadToken, RefusalCode.TokenExpired, RefusalCode.NotAdmitted],
            Access.Admin => [RefusalCode.NoToken, RefusalCode.BadToken],
            _ => [],
        };
        IEnumerable<RefusalCode> ofForm =
        [
            .. hasBody || contract.Parameters.Count > 0 || access is not (null or Access.Anonymous) ? [RefusalCode.InvalidRequest] : Array.Empty<RefusalCode>(),
            .. contract.Parameters.Contains(Parameters.IdempotencyKey) ? [RefusalCode.IdempotencyMismatch] : Array.Empty<RefusalCode>(),
            .. access is null ? Array.Empty<RefusalCode>() : [RefusalCode.TooManyRequests, RefusalCode.Unavailable],
        ];
        return
        [
            .. ofAccess.Concat(ofForm).Concat(contract.Errors).Distinct().Select(Problem.From),
            .. hasBody ? [Problem.BodyTooLarge, Problem.NotJson] : Array.Empty<Problem>(),
            Problem.Internal,
        ];
    }

    private static OpenApiResponse Failure(IReadOnlyList<Problem> problems, OpenApiSchemaReference schema) => new()
    {
        Description = string.Join(", ", problems.Select(p => $"`{p.Code}`")),
        Headers = problems.Any(p => p.RetryAfter is not null)
            ? new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = new OpenApiHeader { Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" } },
            }
            : null,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new()
            {
                Schema = schema,
                Examples = Named(problems.Select(p => new Example(p.Code, ProblemBody.Of(p, Trace))), typeof(ProblemBody)),
            },
        },
    };

    private static OpenApiParameter Describe(Parameter parameter) => new()
    {
        Name = parameter.Name,
        In = Enum.Parse<ParameterLocation>(parameter.In, ignoreCase: true),
        Required = parameter.Required,
        Description = parameter.Description,
        Schema = parameter.Range is { } range
            ? new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = Number(range.Min), Maximum = Number(range.Max) }
            : new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                MinLength = 1,
                MaxLength = parameter.MaxLength,
                Enum = parameter.OneOf is { } values ? [.. values.Select(v => (JsonNode)v)] : null,
            },
        Example = parameter.Range is null ? parameter.Example : int.Parse(parameter.Example, CultureInfo.InvariantCulture),
    };

    private static Dictionary<string, IOpenApiExample> Named(IEnumerable<Example> examples, Type type, Func<JsonNode, JsonNode>? wrap = null) => examples.ToDictionary(
        e => e.Name,
        IOpenApiExample (e) =>
        {
            var value = JsonSerializer.SerializeToNode(e.Value, type, ApiJson.Wire)!;
            return new OpenApiExample { Value = wrap?.Invoke(value) ?? value };
        });

    private static string? Scheme(Access? access) => access switch
    {
        Access.Admin => AccessControl.AdminHeader,
        Access.Known or Access.Token or Access.Admitted => AccessControl.TokenHeader,
        _ => null,
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
