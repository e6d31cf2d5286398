using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Concert.Api;

/// <summary>
/// Asks a dependency whether it can be used: <c>up</c>, <c>down</c> or <c>slow</c> (no answer in time). One that cannot is Degraded, which the framework
/// logs as a warning: it is not our error.
/// </summary>
internal sealed class DependencyCheck(Func<CancellationToken, Task> ask, TimeProvider time, ILogger<DependencyCheck> log) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            // WaitAsync, because a dependency that hangs may not look at its token either.
            await ask(either.Token).WaitAsync(either.Token);
            return HealthCheckResult.Healthy("up");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Degraded("slow");
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // What failed is for our logs; outside only that it did.
            Log.NotReady(log, fault, context.Registration.Name);
            return HealthCheckResult.Degraded("down");
        }
    }
}
