using Concert.Booking.Reservations.CallOff;

namespace Concert.Api.Endpoints;

/// <summary>Calls a schedule off.</summary>
internal sealed class CallOffEndpoints(ICallOffUseCase callOffs) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGroup("").WithTags("Admin").MapPost(Routes.CallOffSchedule, CallOffAsync)
        .Accepts<CallOffRequest>(Body.MediaType)
        .Produces<CallOffView>(StatusCodes.Status202Accepted)
        .WithContract(
            nameof(Routes.CallOffSchedule),
            "Calls a schedule off, for good: no more sales, every hold ended, every paid reservation refunded in full. Answered when sales have ended; the report says how far the rest is.",
            new()
            {
                Parameters = [Parameters.Id("schedule", Examples.Schedule), Parameters.IdempotencyKey],
                Requests = [new("reason", new CallOffRequest(Examples.CallOff.Reason))],
                Responses = [new("called off", Examples.CallOff)],
                Headers = ["Location", "Retry-After"],
                Errors = [RefusalCode.NotYours],
            })
        .Requires(Access.Admin);

    internal async Task<IResult> CallOffAsync(Call call, RouteId id, Body<CallOffRequest> body)
    {
        var calledOff = await callOffs.CallOffAsync(id.Value, body.Value, call.IdempotencyKey, call.Aborted);
        if (calledOff.Refusal is null)
        {
            call.Accepted(Routes.ReportSchedule.Replace("{id}", id.Value, StringComparison.Ordinal));
        }

        return calledOff.ToReply(StatusCodes.Status202Accepted);
    }
}
