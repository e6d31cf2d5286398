using System.Diagnostics;
using Concert.Booking.Ports;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Concert.Api;

/// <summary>Turns what an operation throws into a problem. A client that has left gets nothing: the framework sees to that before it asks here.</summary>
internal sealed class FaultHandler(ILogger<FaultHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        await ProblemWriter.WriteAsync(httpContext, ProblemOf(httpContext, exception));
        return true;
    }

    private Problem ProblemOf(HttpContext http, Exception exception)
    {
        var operation = http.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.DisplayName ?? "?";
        switch (exception)
        {
            case StoreUnavailableException unavailable:
                Log.Unavailable(log, exception, operation);
                return Problem.From(
                    Refusal.Unavailable("Part of the service is not responding. Nothing was changed.", unavailable.RetryAfter));
            case BadHttpRequestException bad:
                return Problem.OfStatus(bad.StatusCode);
            default:
                Log.Unexpected(log, exception, operation, Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier);
                return Problem.Internal;
        }
    }
}
