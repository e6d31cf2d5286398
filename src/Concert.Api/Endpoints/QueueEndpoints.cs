using Concert.Booking.WaitingRoom;

namespace Concert.Api.Endpoints;

/// <summary>Joins, checks and leaves the waiting room.</summary>
internal sealed class QueueEndpoints(IQueueUseCases queue) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("Waiting room");
        api.MapPost(Routes.IssueToken, IssueAsync)
            .Accepts<IssueRequest>(Body.MediaType)
            .Produces<QueueTokenView>(StatusCodes.Status201Created)
            .Produces<QueueTokenView>()
            .WithContract(
                nameof(Routes.IssueToken),
                "Joins the waiting room: one for the service, or one a concert (`WaitingRoom:Scope`), and then the concert is needed. "
                    + "200 with the token that a user whom the platform knows has already.",
                new()
            {
                Parameters = [Parameters.IdempotencyKey],
                Requests = [new("for a concert", new IssueRequest(Examples.User, Examples.Concert)), new("for any", new IssueRequest(Examples.User, null))],
                Responses = [new("early", Examples.Early), new("waiting", Examples.Waiting), new("active", Examples.Active)],
                Headers = ["Retry-After"],
                Errors = [RefusalCode.AlreadyQueued, RefusalCode.NotYours],
            })
            .Requires(Access.NamedUser);
        api.MapGet(Routes.CheckToken, CheckAsync)
            .Produces<QueueTokenView>()
            .WithContract(nameof(Routes.CheckToken), "Returns the token's state and keeps a waiting token alive. Retry-After says when to ask next.", new()
            {
                Responses = [new("early", Examples.Early), new("waiting", Examples.Waiting), new("active", Examples.Active), new("ended", Examples.Ended)],
                Headers = ["Retry-After"],
            })
            .Requires(Access.Token);
        api.MapDelete(Routes.LeaveQueue, LeaveAsync)
            .Produces(StatusCodes.Status204NoContent)
            .WithContract(nameof(Routes.LeaveQueue), "Leaves the waiting room; the token ends.", new() { Parameters = [Parameters.IdempotencyKey] })
            .Requires(Access.Token);
    }

    internal async Task<IResult> IssueAsync(Call call, Body<IssueRequest> body)
    {
        if (call.NotNamedUser(body.Value.UserId, out var userId) is { } wrong)
        {
            return wrong;
        }

        var joined = await queue.JoinAsync(userId, body.Value.ConcertId, call.IdempotencyKey, call.Aborted);
        return Answer(call, joined, joined is { Refusal: null, Value.IsNew: false } ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    internal async Task<IResult> CheckAsync(Call call) => Answer(call, await queue.CheckAsync(call.Claims!, call.Token!, call.Aborted), StatusCodes.Status200OK);

    internal async Task<IResult> LeaveAsync(Call call) =>
        await queue.LeaveAsync(call.Claims!, call.IdempotencyKey, call.Aborted) is { } refusal ? Problem.From(refusal) : Reply.Empty(StatusCodes.Status204NoContent);

    private static IResult Answer(Call call, Result<QueueAnswer> answer, int status)
    {
        if (answer.IsRefused(out var refusal))
        {
            return Problem.From(refusal);
        }

        if (answer.Value.AskAgainAfter is { } after)
        {
            call.ResponseHeaders.RetryAfter = ProblemWriter.Seconds(after);
        }

        return Reply.Of(answer.Value.View, status);
    }
}
