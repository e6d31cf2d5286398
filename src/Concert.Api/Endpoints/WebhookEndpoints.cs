using Concert.Booking.Outbox;
using Concert.Booking.Paging;
using Concert.Booking.Webhooks;

namespace Concert.Api.Endpoints;

/// <summary>Registers receivers of events, shows what they did not take, and sends it again.</summary>
internal sealed class WebhookEndpoints(IWebhookUseCases webhooks) : IEndpoints
{
    private static readonly WebhookView Example =
        new("wq7k2m9xa", "https://shop.example.com/concert", [WebhookEvents.Confirmed, WebhookEvents.Cancelled], new(2027, 6, 1, 9, 0, 0, TimeSpan.Zero));

    public void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("Webhooks");
        api.MapPost(Routes.RegisterWebhook, RegisterAsync)
            .Accepts<NewWebhook>(Body.MediaType)
            .Produces<WebhookView>(StatusCodes.Status201Created)
            .WithContract(
                nameof(Routes.RegisterWebhook),
                "Registers a receiver of events. They are posted at least once, in their order for each reservation, signed as the Standard Webhooks specification says; "
                    + "the secret is shown here and never again.",
                new()
            {
                Parameters = [Parameters.IdempotencyKey],
                Requests = [new("some events", new NewWebhook(Example.Url, Example.Events)), new("all events", new NewWebhook(Example.Url, null))],
                Responses = [new("webhook", Example with { Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAA=" })],
                Errors = [RefusalCode.LimitReached],
            })
            .Requires(Access.Admin);
        api.MapGet(Routes.ListWebhooks, ListAsync)
            .Produces<IReadOnlyList<WebhookView>>()
            .WithContract(nameof(Routes.ListWebhooks), "The receivers.", new() { Responses = [new("webhooks", new List<WebhookView> { Example })] })
            .Requires(Access.Admin);
        api.MapDelete(Routes.RemoveWebhook, RemoveAsync)
            .Produces(StatusCodes.Status204NoContent)
            .WithContract(nameof(Routes.RemoveWebhook), "Removes a receiver and what waits for it.", new()
            {
                Parameters = [Parameters.Id("webhook", Example.Id), Parameters.IdempotencyKey],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Admin);
        api.MapGet(Routes.ListWebhookFailures, FailuresAsync)
            .Produces<Paged<FailedDelivery>>()
            .WithContract(nameof(Routes.ListWebhookFailures), "Events that were given up after a day of attempts.", new()
            {
                Parameters = [Parameters.Id("webhook", Example.Id), .. Parameters.Paging],
                Responses =
                [
                    new("page", new Paged<FailedDelivery>(
                        [new("evt_AQAAAZq3f0c_3", WebhookEvents.Confirmed, Examples.Reservation, Example.CreatedAt, 17, "503 Service Unavailable")], null)),
                ],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Admin);
        api.MapPost(Routes.ResendWebhook, ResendAsync)
            .Accepts<ResendRequest>(Body.MediaType)
            .Produces<ResendResult>()
            .WithContract(nameof(Routes.ResendWebhook), "Sends failed events again: those named, or all.", new()
            {
                Parameters = [Parameters.Id("webhook", Example.Id), Parameters.IdempotencyKey],
                Requests = [new("all", new ResendRequest(null)), new("some", new ResendRequest(["evt_AQAAAZq3f0c_3"]))],
                Responses = [new("resent", new ResendResult(1))],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Admin);
    }

    internal async Task<IResult> RegisterAsync(Call call, Body<NewWebhook> body) =>
        (await webhooks.RegisterAsync(body.Value, call.IdempotencyKey, call.Aborted)).ToReply(StatusCodes.Status201Created);

    internal async Task<IResult> ListAsync(Call call) => Reply.Of(await webhooks.ListAsync(call.Aborted));

    internal async Task<IResult> RemoveAsync(Call call, RouteId id) =>
        await webhooks.RemoveAsync(id.Value, call.IdempotencyKey, call.Aborted) is { } refusal ? Problem.From(refusal) : Reply.Empty(StatusCodes.Status204NoContent);

    internal async Task<IResult> FailuresAsync(Call call, RouteId id, PageQuery page) =>
        (await webhooks.FailuresAsync(id.Value, page.Continuation, page.Limit, call.Aborted)).ToReply();

    internal async Task<IResult> ResendAsync(Call call, RouteId id, Body<ResendRequest> body) =>
        (await webhooks.ResendAsync(id.Value, body.Value, call.IdempotencyKey, call.Aborted)).ToReply();
}
