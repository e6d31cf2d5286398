using Concert.Api.Docs;
using Microsoft.Extensions.Options;

namespace Concert.Api.Endpoints;

/// <summary>The contract document and the pages that show it.</summary>
internal sealed class DocsEndpoints(ContractDocument contract, IOptions<IdentityOptions> identity) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Contract, ContractAsync);
        routes.MapGet(Routes.ContractUnderApi, ContractAsync);
        routes.MapGet(Routes.Docs, Page);
        routes.MapGet(Routes.DocsUnderApi, Page);
        routes.MapGet(Routes.DocsAsset, Asset);
        routes.MapGet(Routes.DocsAssetUnderApi, Asset);
    }

    internal async Task<IResult> ContractAsync(HttpContext http, CancellationToken aborted)
    {
        var (json, etag) = await contract.RenderAsync().WaitAsync(aborted);
        http.Response.Headers.CacheControl = "no-cache";
        return EntityTags.Answer(http, etag, Reply.Bytes(json, MediaTypes.Json));
    }

    internal IResult Page(HttpContext http)
    {
        // Absolute from the alias that was asked for, so that the page works below any path and with a slash at its end.
        var root = http.Request.PathBase.ToUriComponent() + (http.Request.Path.StartsWithSegments("/api") ? "/api/" : "/");
        http.Response.Headers.ContentSecurityPolicy = DocsAssets.ContentSecurityPolicy;
        http.Response.Headers.CacheControl = "no-cache";
        return Reply.Bytes(DocsAssets.Page(root + Routes.Docs, root + Routes.Contract, identity.Value.Mode), MediaTypes.Html);
    }

    internal static IResult Asset(HttpContext http, string asset)
    {
        if (DocsAssets.Find(asset) is not { } file)
        {
            return Problem.UnknownRoute;
        }

        var headers = http.Response.Headers;
        headers.CacheControl = "public, max-age=3600";
        headers.Vary = "Accept-Encoding";
        if (file.Gzip is null || !DocsAssets.AcceptsGzip(http.Request.Headers.AcceptEncoding))
        {
            return Reply.Bytes(file.Plain, file.ContentType);
        }

        // It comes packed: packing it again for everybody who asks would be an easy way to keep the processor busy.
        headers.ContentEncoding = "gzip";
        return Reply.Bytes(file.Gzip, file.ContentType);
    }
}
