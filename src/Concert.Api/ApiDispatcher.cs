using System.Diagnostics;
using Concert.Api.Identity;
using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Concert.Api;

/// <summary>
/// Runs operations for any head that has an <see cref="HttpContext"/>. There is no pipeline around it (Azure Functions has none),
/// so who may call, limits, failures and headers are all seen to here.
/// </summary>
public sealed class ApiDispatcher
{
    private readonly Dictionary<string, ApiOperation> _operations;
    private readonly RouteTable _routes;
    private readonly ApiUseCases _useCases;
    private readonly Gatekeeper _gatekeeper;
    private readonly int _capacity;
    private readonly ILogger _log;
    private int _running;

    internal ApiDispatcher(
        ApiTable table, ApiUseCases useCases, Gatekeeper gatekeeper, IOptions<ApiOptions> options, ILogger<ApiDispatcher> log)
    {
        _operations = table.Operations.ToDictionary(o => o.Name, StringComparer.Ordinal);
        _routes = new RouteTable(table.Operations);
        _useCases = useCases;
        _gatekeeper = gatekeeper;
        _capacity = options.Value.MaxConcurrentRequests;
        _log = log;
    }

    /// <summary>Runs the named operation and writes its answer. Throws only for an unknown name.</summary>
    public Task InvokeAsync(string operationName, HttpContext http) => RunAsync(_operations[operationName], http);

    /// <summary>For whatever the head could not route: the operation of that path and method if there is one, or else 405 or 404.</summary>
    public Task InvokeUnmatchedAsync(HttpContext http)
    {
        if (_routes.Find(http.Request.Method, http.Request.Path) is { } operation)
        {
            return RunAsync(operation, http);
        }

        var methods = _routes.Methods(http.Request.Path);
        ApiReply reply = methods.Count == 0 ? Problem.UnknownRoute : Problem.WrongMethod;
        return WriteAsync(http, methods.Count == 0 ? reply : reply.With("Allow", string.Join(", ", methods)));
    }

    private async Task RunAsync(ApiOperation operation, HttpContext http)
    {
        Activity.Current?.SetTag("concert.operation", operation.Name);
        try
        {
            var reply = Interlocked.Increment(ref _running) > _capacity && !operation.IsSystem
                ? new Refusal(RefusalCode.TooManyRequests, "The service handles as many requests as it can at the moment.")
                : await AnswerAsync(new ApiCall(http, operation, _routes, _useCases));
            await WriteAsync(http, reply);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to answer.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<ApiReply> AnswerAsync(ApiCall call)
    {
        try
        {
            if (_gatekeeper.Admit(call) is { } denied)
            {
                return denied;
            }

            if (call.Operation.IsCommand)
            {
                var key = IdempotencyKeyHeader.Read(call.Http.Request.Headers);
                if (key.IsRefused(out var problem))
                {
                    return problem;
                }

                call.IdempotencyKey = key.Value;
            }

            var reply = await call.Operation.Handler(call);
            return call.Operation.Access == Access.Admitted && reply.Problem is null && !call.AdmissionChecked
                ? throw new InvalidOperationException($"{call.Operation.Name} answered without asking the waiting room.")
                : reply;
        }
        catch (StoreUnavailableException unavailable)
        {
            Log.Unavailable(_log, unavailable, call.Operation.Name);
            return Refusal.Unavailable("A part of the service does not answer. What was not accepted has changed nothing.", unavailable.RetryAfter);
        }
        catch (BadHttpRequestException bad)
        {
            return Problem.Bad(bad.StatusCode);
        }
        catch (Exception unexpected) when (!call.Aborted.IsCancellationRequested || unexpected is not OperationCanceledException)
        {
            Log.Unexpected(_log, unexpected, call.Operation.Name, Activity.Current?.TraceId.ToString() ?? call.Http.TraceIdentifier);
            return Problem.Internal;
        }
    }

    private async Task WriteAsync(HttpContext http, ApiReply reply)
    {
        try
        {
            await ReplyWriter.WriteAsync(http, reply, http.RequestAborted);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            Log.Gone(_log, gone);
        }
    }
}
