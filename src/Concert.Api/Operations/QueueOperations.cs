using Concert.Api.Json;
using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Shared;
using Concert.Booking.WaitingRoom;

namespace Concert.Api.Operations;

internal static class QueueOperations
{
    private const string Tag = "Waiting room";

    public static IReadOnlyList<ApiOperation> All() =>
    [
        new()
        {
            Name = OperationNames.IssueToken,
            Method = "POST",
            Route = "api/queue/issue",
            Access = Access.NamedUser,
            Tag = Tag,
            Summary = "Joins the waiting room of a concert, or the general one.",
            Parameters = [Parameters.IdempotencyKey],
            Request = new(
                ApiJson.Wire.IssueRequest,
                ("of a concert", new IssueRequest(Examples.User, Examples.Concert)),
                ("general", new IssueRequest(Examples.User, null))),
            SuccessStatus = 201,
            Response = new(ApiJson.Wire.QueueTokenView, ("waiting", Examples.Waiting), ("active", Examples.Active)),
            ResponseHeaders = ["Retry-After"],
            Errors = [RefusalCode.AlreadyQueued, RefusalCode.NotYours],
            Handler = IssueAsync,
        },
        new()
        {
            Name = OperationNames.CheckToken,
            Method = "GET",
            Route = "api/queue/check",
            Access = Access.Token,
            Tag = Tag,
            Summary = "Where the token stands; keeps a waiting one alive. Retry-After says when to ask next.",
            Response = new(
                ApiJson.Wire.QueueTokenView, ("waiting", Examples.Waiting), ("active", Examples.Active), ("ended", Examples.Ended)),
            ResponseHeaders = ["Retry-After"],
            Handler = CheckAsync,
        },
        new()
        {
            Name = OperationNames.LeaveQueue,
            Method = "DELETE",
            Route = "api/queue",
            Access = Access.Token,
            Tag = Tag,
            Summary = "Leaves the waiting room; the token ends.",
            Parameters = [Parameters.IdempotencyKey],
            SuccessStatus = 204,
            Handler = LeaveAsync,
        },
    ];

    private static async Task<ApiReply> IssueAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Wire.IssueRequest);
        if (body.IsRefused(out var problem)
            || (problem = call.NotNamedUser(body.Value.UserId)) is not null
            || (body.Value.ConcertId is { } concert && (problem = Text.WrongId("concertId", concert)) is not null))
        {
            return problem;
        }

        var joined = await call.UseCases.Queue.JoinAsync(body.Value.UserId!, body.Value.ConcertId, call.IdempotencyKey, call.Aborted);
        return joined.IsRefused(out var refusal) ? refusal : Reply(201, joined.Value);
    }

    private static async Task<ApiReply> CheckAsync(ApiCall call)
    {
        var answer = await call.UseCases.Queue.CheckAsync(call.Claims!, call.Token!, call.Aborted);
        return answer.IsRefused(out var refusal) ? refusal : Reply(200, answer.Value);
    }

    private static async Task<ApiReply> LeaveAsync(ApiCall call) =>
        await call.UseCases.Queue.LeaveAsync(call.Claims!, call.IdempotencyKey, call.Aborted) is { } refusal ? refusal : ApiReply.Empty(204);

    private static ApiReply Reply(int status, QueueAnswer answer)
    {
        var reply = ApiReply.Data(status, answer.View, ApiJson.Wire.QueueTokenView);
        return answer.AskAgainAfter is { } after ? reply.With("Retry-After", ReplyWriter.Seconds(after)) : reply;
    }
}
