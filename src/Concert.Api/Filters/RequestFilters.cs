using Concert.Booking.WaitingRoom;

namespace Concert.Api.Filters;

/// <summary>Reads the Idempotency-Key of a command: 1 to 255 visible ASCII characters, given once.</summary>
internal sealed class IdempotencyKeyFilter : IEndpointFilter
{
    public const string Header = "Idempotency-Key";

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var values = request.Headers[Header];
        if (values.Count == 0 || HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return next(context);
        }

        if (values is not [{ Length: >= 1 and <= ApiLimits.IdempotencyKeyLength } key] || !key.All(c => c is > ' ' and < '\x7f'))
        {
            return new(Problem.Invalid($"{Header} must be given once, with 1 to {ApiLimits.IdempotencyKeyLength} visible ASCII characters."));
        }

        context.GetArgument<Call>(0).IdempotencyKey = key;
        return next(context);
    }
}

/// <summary>Reads and checks what the handler takes from the request, in the order of its parameters.</summary>
internal sealed class InputFilter(EndpointFilterDelegate next)
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context)
    {
        var call = context.GetArgument<Call>(0);
        for (var i = 1; i < context.Arguments.Count; i++)
        {
            if (context.Arguments[i] is IInput input && await input.ReadAsync(call) is { } wrong)
            {
                return wrong;
            }
        }

        return await next(context);
    }
}

/// <summary>
/// Asks the waiting room. Whose token has ended may still repeat a call under its Idempotency-Key, to learn what became of it: paying ends the token,
/// so the answer that was lost with the connection could not be asked for again otherwise. The handler sees that in <see cref="Call.OnlyRepeats"/>.
/// </summary>
/// <param name="queue">The waiting room.</param>
/// <param name="concertOf">The concert whose line counts, by what the handler takes; null when the id has no concert's form.</param>
/// <param name="repeats">Whether the handler can answer repeats.</param>
/// <param name="next">The handler.</param>
internal sealed class AdmissionFilter(
    IQueueUseCases queue, Func<EndpointFilterInvocationContext, string?> concertOf, bool repeats, EndpointFilterDelegate next)
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context)
    {
        var call = context.GetArgument<Call>(0);
        if (await queue.RequireActiveAsync(call.Claims!, concertOf(context), call.Aborted) is { } turn)
        {
            if (!repeats || call.IdempotencyKey is null || turn.Code != RefusalCode.TokenExpired)
            {
                return Problem.From(turn);
            }

            call.OnlyRepeats = turn;
        }

        return await next(context);
    }
}
