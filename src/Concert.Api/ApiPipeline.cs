using Concert.Api.Endpoints;
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
