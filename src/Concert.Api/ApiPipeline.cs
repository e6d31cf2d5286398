using Concert.Api.Endpoints;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Concert.Api;

/// <summary>The whole API as one delegate: both heads run it, and so do the simulation and the tests.</summary>
public sealed class ApiPipeline
{
    private readonly RequestDelegate _run;

    public ApiPipeline(IServiceProvider services) => _run = Build(services);

    /// <summary>Answers the request, whatever it is; never throws but for a response that is half written.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        // A head that routed by itself left its endpoint behind, and routing would take that for its own.
        if (http.GetEndpoint() is not null)
        {
            http.SetEndpoint(null);
            http.Request.RouteValues = [];
        }

        return _run(http);
    }

    private static RequestDelegate Build(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseExceptionHandler(static _ => { });
        app.Use(static (http, next) =>
        {
            DefaultHeaders.Set(http);
            return RequestSize.TooLarge(http) is { } problem ? ProblemWriter.WriteAsync(http, problem) : next(http);
        });
        // What routing refuses has a status and no body.
        app.UseStatusCodePages(static context => ProblemWriter.WriteAsync(context.HttpContext, Problem.OfStatus(context.HttpContext.Response.StatusCode)));
        app.UseResponseCompression();
        app.UseRouting();
        if (services.GetRequiredService<IOptions<CorsSettings>>().Value.AllowedOrigins.Count > 0)
        {
            app.UseCors();
        }

        app.UseRateLimiter();
        app.UseEndpoints(endpoints =>
        {
            var all = endpoints.MapGroup("");
            all.AnswerHead();
            var business = all.MapGroup("").RequireRateLimiting(ApiRegistration.Capacity);
            foreach (var family in services.GetServices<IEndpoints>())
            {
                family.Map(business);
            }

            // Health and documents are answered also when the service is full.
            services.GetRequiredService<HealthEndpoints>().Map(all);
            services.GetRequiredService<DocsEndpoints>().Map(all);
        });
        return app.Build();
    }
}

/// <summary>
/// Limits of address and headers that answer with a problem. A server's own limits, which it refuses without a body, lie far above them.
/// </summary>
internal static class RequestSize
{
    /// <summary>Null when the request is within the limits.</summary>
    public static Problem? TooLarge(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (target is { Length: > ApiLimits.TargetLength })
        {
            return Problem.TargetTooLong;
        }

        var (count, length) = (0, 0);
        foreach (var (name, values) in http.Request.Headers)
        {
            foreach (var value in values)
            {
                count++;
                length += name.Length + (value?.Length ?? 0);
            }
        }

        return count > ApiLimits.HeaderCount || length > ApiLimits.HeadersLength ? Problem.HeadersTooLarge : null;
    }
}

/// <summary>Headers that every answer has unless its endpoint says otherwise.</summary>
internal static class DefaultHeaders
{
    public const string NoStore = "no-store";

    public static void Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        // Whatever does not say otherwise may be about one user, and so is kept by nobody.
        headers.CacheControl = NoStore;
        // No server reads so long a body to its end: the next request on the connection would be dropped without a word.
        if (http.Request.ContentLength > ApiLimits.BodyBytes)
        {
            headers.Connection = "close";
        }
    }
}
