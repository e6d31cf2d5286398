using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Concert.Api.Endpoints;

/// <summary>Liveness, and readiness dependency by dependency.</summary>
internal sealed class HealthEndpoints(HealthCheckService health) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("System");
        api.MapGet(Routes.Live, Live)
            .Produces<Liveness>()
            .WithContract(nameof(Routes.Live), "The process is running.", new() { Responses = [new("live", new Liveness("live"))] });
        api.MapGet(Routes.LiveUnderApi, Live);
        api.MapGet(Routes.Ready, ReadyAsync)
            .Produces<Readiness>()
            .WithContract(nameof(Routes.Ready), "Checks each dependency.", new()
            {
                Responses = [new("ready", new Readiness("ready", [new("documents", "up", 3)]))],
                Errors = [RefusalCode.Unavailable],
            });
        api.MapGet(Routes.ReadyUnderApi, ReadyAsync);
    }

    internal static IResult Live() => Reply.Of(new Liveness("live"));

    internal async Task<IResult> ReadyAsync(CancellationToken aborted)
    {
        var report = await health.CheckHealthAsync(aborted);
        var checks = report.Entries.Select(e => new DependencyHealth(e.Key, e.Value.Description!, (long)e.Value.Duration.TotalMilliseconds)).ToList();
        return report.Status == HealthStatus.Healthy
            ? Reply.Of(new Readiness("ready", checks))
            : Problem.From(Refusal.Unavailable("A dependency is not responding.")) with { Checks = checks };
    }
}
