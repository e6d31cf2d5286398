using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Concert.Api.OpenApi;

/// <summary>Adds what the framework's description of the endpoints lacks.</summary>
internal static class ContractTransformers
{
    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // Only our operations, each once: the Functions worker has endpoints of its own, and HEAD is GET without a body.
        options.ShouldInclude = static description =>
            description.HttpMethod != "HEAD" && description.ActionDescriptor.EndpointMetadata.OfType<OperationContract>().Any();
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(OperationTransformer.TransformAsync);
        options.AddSchemaTransformer(static (schema, context, _) =>
        {
            SchemaTransformer.Transform(schema, context);
            return Task.CompletedTask;
        });
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Concert booking",
            Version = "1",
            Description = "Books concert seats and never sells one twice. Commands answer 202 at once and are decided in order; "
                + "`Prefer: wait=N` waits for the outcome. Money is a whole number of won, times are ISO 8601 with offset.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.AddComponent(AccessControl.TokenHeader, ApiKey(AccessControl.TokenHeader, "The token of POST /api/queue/issue."));
        document.AddComponent(AccessControl.AdminHeader, ApiKey(AccessControl.AdminHeader, "The admin key."));
    }

    private static OpenApiSecurityScheme ApiKey(string header, string description) =>
        new() { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = header, Description = description };
}
