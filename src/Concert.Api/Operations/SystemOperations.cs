using Concert.Api.Docs;
using Concert.Api.Json;
using Concert.Api.OpenApi;
using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Shared;

namespace Concert.Api.Operations;

/// <summary>Health, the contract document and the pages that show it. Each at the root and below <c>api/</c>.</summary>
internal sealed class SystemOperations(ReadinessProbe readiness)
{
    private const string Tag = "System";
    private const string ContractRoute = "openapi/v1.json";
    private const string DocsRoute = "docs";

    public IReadOnlyList<ApiOperation> All(IReadOnlyList<ApiOperation> business)
    {
        IReadOnlyList<ApiOperation> probes =
        [
            System(OperationNames.Live, "health/live", "The process runs.", LiveAsync) with
            {
                Response = new(ApiJson.Wire.Liveness, ("live", new Liveness("live"))),
            },
            System(OperationNames.Ready, "health/ready", "Whether each dependency answers.", ReadyAsync) with
            {
                Response = new(ApiJson.Wire.Readiness, ("ready", new Readiness("ready", [new("documents", "up", 3)]))),
                Errors = [RefusalCode.Unavailable],
            },
        ];
        var contract = new ContractDocument([.. business, .. probes]);
        return
        [
            .. probes,
            System(OperationNames.Contract, ContractRoute, "This contract.", call => Task.FromResult(ContractReply(call, contract))),
            System(OperationNames.Docs, DocsRoute, "The contract to browse and try.", call => Task.FromResult(Page(call))),
            System(OperationNames.DocsAsset, DocsRoute + "/{asset}", "Files of the browsable contract.", call => Task.FromResult(Asset(call))),
        ];
    }

    private static ApiOperation System(string name, string route, string summary, Func<ApiCall, Task<ApiReply>> handler) => new()
    {
        Name = name,
        Method = "GET",
        Route = route,
        Aliases = ["api/" + route],
        Access = Access.Anonymous,
        Tag = Tag,
        Summary = summary,
        IsSystem = true,
        Handler = handler,
    };

    private static Task<ApiReply> LiveAsync(ApiCall call) => Task.FromResult(ApiReply.Data(200, new Liveness("live"), ApiJson.Wire.Liveness));

    private async Task<ApiReply> ReadyAsync(ApiCall call)
    {
        var checks = await readiness.CheckAsync(call.Aborted);
        return checks.All(c => c.Status == ReadinessProbe.Up)
            ? ApiReply.Data(200, new Readiness("ready", checks), ApiJson.Wire.Readiness)
            : ApiReply.Failed(Problem.From(Refusal.Unavailable("A dependency does not answer.")), checks);
    }

    private static ApiReply ContractReply(ApiCall call, ContractDocument contract)
    {
        var reply = EntityTags.Matches(call.Http.Request.Headers.IfNoneMatch, contract.ETag)
            ? ApiReply.Empty(304)
            : ApiReply.Bytes(200, contract.Json, "application/json; charset=utf-8");
        return reply.With("ETag", contract.ETag).With("Cache-Control", "no-cache");
    }

    private static ApiReply Page(ApiCall call)
    {
        // Absolute from the alias that was asked for, so that the page works below any path and with a slash at its end.
        var root = call.Http.Request.PathBase.ToUriComponent() + (call.Http.Request.Path.StartsWithSegments("/api") ? "/api/" : "/");
        return ApiReply.Bytes(200, DocsAssets.Page(root + DocsRoute, root + ContractRoute), "text/html; charset=utf-8")
            .With("Content-Security-Policy", DocsAssets.ContentSecurityPolicy)
            .With("Cache-Control", "no-cache");
    }

    private static ApiReply Asset(ApiCall call)
    {
        var name = call.RouteId("asset");
        if (name.IsRefused(out _) || DocsAssets.Find(name.Value) is not { } asset)
        {
            return Problem.UnknownRoute;
        }

        var zipped = asset.Gzip is not null && DocsAssets.AcceptsGzip(call.Http.Request.Headers.AcceptEncoding);
        var reply = ApiReply.Bytes(200, zipped ? asset.Gzip : asset.Plain, asset.ContentType)
            .With("Cache-Control", "public, max-age=3600")
            .With("Vary", "Accept-Encoding");
        return zipped ? reply.With("Content-Encoding", "gzip") : reply;
    }
}
