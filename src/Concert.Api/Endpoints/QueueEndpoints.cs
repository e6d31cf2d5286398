using Concert.Api.Filters;
using Concert.Api.OpenApi;
using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Shared;
using Concert.Booking.WaitingRoom;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Concert.Api.Endpoints;

/// <summary>Joins, checks and leaves the waiting room.</summary>
internal sealed class QueueEndpoints(IQueueUseCases queue) : IEndpoints
{
    private const string Tag = "Waiting room";

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapPost(Routes.IssueToken, IssueAsync)
            .Accepts<IssueRequest>(Body.MediaType)
            .Produces<QueueTokenView>(StatusCodes.Status201Created)
            .WithTags(Tag)
            .WithContract(nameof(Routes.IssueToken), "Joins the waiting room of a concert, or the general one.", new()
            {
                Parameters = [Parameters.IdempotencyKey],
                Requests = [new("of a concert", new IssueRequest(Examples.User, Examples.Concert)), new("general", new IssueRequest(Examples.User, null))],
                Responses = [new("waiting", Examples.Waiting), new("active", Examples.Active)],
                Headers = ["Retry-After"],
                Errors = [RefusalCode.AlreadyQueued, RefusalCode.NotYours],
            })
            .Requires(Access.NamedUser);
        api.MapGet(Routes.CheckToken, CheckAsync)
            .Produces<QueueTokenView>()
            .WithTags(Tag)
            .WithContract(nameof(Routes.CheckToken), "Where the token stands; keeps a waiting one alive. Retry-After says when to ask next.", new()
            {
                Responses = [new("waiting", Examples.Waiting), new("active", Examples.Active), new("ended", Examples.Ended)],
                Headers = ["Retry-After"],
            })
            .Requires(Access.Token);
        api.MapDelete(Routes.LeaveQueue, LeaveAsync)
            .Produces(StatusCodes.Status204NoContent)
            .WithTags(Tag)
            .WithContract(nameof(Routes.LeaveQueue), "Leaves the waiting room; the token ends.", new())
            .Requires(Access.Token);
    }

    internal async Task<IResult> IssueAsync(Call call, Body<IssueRequest> body)
    {
        if (call.NotNamedUser(body.Value.UserId) is { } wrong)
        {
            return wrong;
        }

        return Answer(call, await queue.JoinAsync(body.Value.UserId!, body.Value.ConcertId, call.IdempotencyKey, call.Aborted), StatusCodes.Status201Created);
    }

    internal async Task<IResult> CheckAsync(Call call) => Answer(call, await queue.CheckAsync(call.Claims!, call.Token!, call.Aborted), StatusCodes.Status200OK);

    internal async Task<IResult> LeaveAsync(Call call) =>
        await queue.LeaveAsync(call.Claims!, call.Aborted) is { } refusal ? Problem.From(refusal) : Reply.Empty(StatusCodes.Status204NoContent);

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
