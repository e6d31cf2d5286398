using Concert.Booking.Operations;
using Concert.Booking.Paging;

namespace Concert.Api.Endpoints;

/// <summary>Shows staff the commands that could not be handled, sends some again and gives others their end.</summary>
internal sealed class DeadLetterEndpoints(IDeadLetterDesk desk) : IEndpoints
{
    private static readonly Parameter LetterId = new("deadLetterId", "path", true, "The dead letter's id, from the list.", Examples.DeadLetter);

    public void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("Operations");
        api.MapGet(Routes.ListDeadLetters, ListAsync)
            .Produces<Paged<DeadLetterView>>()
            .WithContract(nameof(Routes.ListDeadLetters), "Commands that could not be handled and what became of them: those without an end first, then the newest.", new()
            {
                Parameters = [Parameters.Id("schedule", Examples.Schedule), .. Parameters.Paging],
                Responses = [new("page", new Paged<DeadLetterView>([Examples.PendingLetter, Examples.NotedLetter], null))],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Admin);
        api.MapPost(Routes.SendAgain, SendAgainAsync)
            .Produces<DeadLetterView>(StatusCodes.Status202Accepted)
            .WithContract(
                nameof(Routes.SendAgain),
                "Sends a command again that left no answer behind: a cancellation that was noted, or one of the timers'. Never one whose buyer was told no: 409 `not-valid`.",
                new()
            {
                Parameters = [Parameters.Id("schedule", Examples.Schedule), LetterId, Parameters.IdempotencyKey],
                Responses = [new("sent again", Examples.NotedLetter with { SentAgainAt = Examples.NotedLetter.At.AddMinutes(5) })],
                Headers = ["Location", "Retry-After"],
                Errors = [RefusalCode.NotYours, RefusalCode.NotValid],
            })
            .Requires(Access.Admin);
        api.MapPost(Routes.RefuseDeadLetter, RefuseAsync)
            .Produces<DeadLetterView>()
            .WithContract(nameof(Routes.RefuseDeadLetter), "Gives a command that has no end yet its end now, as it would get it by itself: an honest refusal, or a note.", new()
            {
                Parameters = [Parameters.Id("schedule", Examples.Schedule), LetterId, Parameters.IdempotencyKey],
                Responses = [new("refused", Examples.RefusedLetter)],
                Errors = [RefusalCode.NotYours, RefusalCode.NotValid],
            })
            .Requires(Access.Admin);
    }

    internal async Task<IResult> ListAsync(Call call, RouteId id, PageQuery page) =>
        (await desk.ListAsync(id.Value, page.Continuation, page.Limit, call.Aborted)).ToReply();

    internal async Task<IResult> SendAgainAsync(Call call, RouteId id, RouteId deadLetterId)
    {
        var sent = await desk.SendAgainAsync(id.Value, deadLetterId.Value, call.IdempotencyKey, call.Aborted);
        if (sent.Refusal is null)
        {
            call.Accepted(Routes.ListDeadLetters.Replace("{id}", id.Value, StringComparison.Ordinal));
        }

        return sent.ToReply(StatusCodes.Status202Accepted);
    }

    internal async Task<IResult> RefuseAsync(Call call, RouteId id, RouteId deadLetterId) =>
        (await desk.RefuseAsync(id.Value, deadLetterId.Value, call.IdempotencyKey, call.Aborted)).ToReply();
}
