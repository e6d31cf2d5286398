using Concert.Booking.Catalog;
using Concert.Booking.Operations;
using Concert.Booking.Paging;

namespace Concert.Api.Endpoints;

/// <summary>Shows staff a sale as it happens.</summary>
internal sealed class OperationsEndpoints(IScheduleDirectory schedules, ISaleMonitor sales, IBooks books) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("Operations");
        api.MapGet(Routes.ListSchedules, ListSchedulesAsync)
            .Produces<Paged<ScheduleSummary>>()
            .WithContract(nameof(Routes.ListSchedules), "All schedules, the newest first, also those that are over or called off.", new()
            {
                Parameters = Parameters.Paging,
                Responses = [new("page", new Paged<ScheduleSummary>([Examples.ScheduleSummary], "bWFkZToxMjM"))],
            })
            .Requires(Access.Admin);
        api.MapGet(Routes.ShowSchedule, WatchAsync)
            .Produces<ScheduleLive>()
            .WithContract(
                nameof(Routes.ShowSchedule),
                "A sale as it happens: queue, line, places by section, dead letters, webhooks. Kept for a second for all who look, so that it can be asked every two; "
                    + "`commands` are of the process that answers, and only grow while its `instance` stays the same.",
                new()
            {
                Parameters = [Parameters.Id("schedule", Examples.Schedule)],
                Responses = [new("sale", Examples.Live), new("called off", Examples.CalledOffLive)],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Admin);
        api.MapGet(Routes.CheckBooks, CheckBooksAsync)
            .Produces<BooksView>()
            .WithContract(
                nameof(Routes.CheckBooks),
                "Whether the books of the whole service balance: what the wallets say against what the reservations say. BALANCED is exact; MOVING says that money moved while "
                    + "it was read, which explains the difference; UNBALANCED that nothing does. Kept for 15 seconds, longer where adding up takes long.",
                new() { Responses = [new("balanced", Examples.Books), new("moving", Examples.MovingBooks)] })
            .Requires(Access.Admin);
    }

    internal async Task<IResult> ListSchedulesAsync(Call call, PageQuery page) =>
        (await schedules.ListAsync(page.Continuation, page.Limit, call.Aborted)).ToReply();

    internal async Task<IResult> WatchAsync(Call call, RouteId id) => (await sales.WatchAsync(id.Value, call.Aborted)).ToReply();

    internal async Task<IResult> CheckBooksAsync(Call call) => (await books.CheckAsync(call.Aborted)).ToReply();
}
