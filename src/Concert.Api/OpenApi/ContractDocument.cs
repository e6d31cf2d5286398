using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Concert.Api.OpenApi;

/// <summary>The OpenAPI 3.1 document as bytes: made once, by whoever asks first.</summary>
internal sealed class ContractDocument(IServiceProvider services)
{
    public const string Name = "v1";

    private readonly Lock _lock = new();
    private Task<(byte[] Json, string ETag)>? _rendered;

    public Task<(byte[] Json, string ETag)> RenderAsync()
    {
        lock (_lock)
        {
            return _rendered ??= MakeAsync();
        }
    }

    private async Task<(byte[] Json, string ETag)> MakeAsync()
    {
        // Asked for late: until the pipeline stands there are no endpoints to describe.
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync();
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1);
        var json = stream.ToArray();
        return (json, $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 8))}\"");
    }
}
