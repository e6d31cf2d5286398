using Concert.Booking.Availability;
using Concert.Booking.Catalog;

namespace Concert.Api.Endpoints;

/// <summary>Operations for the promoter's staff.</summary>
internal sealed class AdminEndpoints(ICatalogAdmin catalog, IScheduleEditor editor, IScheduleReports reports) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("Admin");
        api.MapPost(Routes.CreateConcert, CreateConcertAsync)
            .Accepts<NewConcert>(Body.MediaType)
            .Produces<CreatedConcert>(StatusCodes.Status201Created)
            .WithContract(nameof(Routes.CreateConcert), "Creates a concert.", new()
            {
                Parameters = [Parameters.IdempotencyKey],
                Requests = [new("concert", new NewConcert(Examples.ConcertName))],
                Responses = [new("concert", new CreatedConcert(Examples.Concert, Examples.ConcertName))],
            })
            .Requires(Access.Admin);
        api.MapPost(Routes.CreateSchedule, CreateScheduleAsync)
            .Accepts<NewSchedule>(Body.MediaType)
            .Produces<CreatedSchedule>(StatusCodes.Status201Created)
            .WithContract(nameof(Routes.CreateSchedule), "Creates a schedule with its sections and inventories.", new()
            {
                Parameters = [Parameters.IdempotencyKey],
                Requests = [new("schedule", Examples.NewSchedule)],
                Responses = [new("schedule", Examples.CreatedSchedule)],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Admin);
        api.MapPatch(Routes.ChangeSchedule, ChangeScheduleAsync)
            .Accepts<ScheduleChange>(Body.MediaType)
            .Produces<ScheduleDetails>()
            .WithContract(
                nameof(Routes.ChangeSchedule), "Changes a schedule on sale: times, limit, pause, prices, more places. What is held or sold keeps its price.", new()
            {
                Parameters = [Parameters.Id("schedule", Examples.Schedule), Parameters.IdempotencyKey],
                Requests = [new("prices and places", Examples.ScheduleChange), new("pause", new ScheduleChange(SalesPaused: true))],
                Responses = [new("schedule", Examples.ScheduleDetails)],
                Errors = [RefusalCode.NotYours, RefusalCode.BookingClosed],
            })
            .Requires(Access.Admin);
        api.MapGet(Routes.ReportSchedule, ReportAsync)
            .Produces<ScheduleReport>()
            .WithContract(nameof(Routes.ReportSchedule), "Reports what was sold, held and refunded.", new()
            {
                Parameters = [Parameters.Id("schedule", Examples.Schedule)],
                Responses = [new("report", Examples.Report), new("called off", Examples.CalledOffReport)],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Admin);
    }

    internal async Task<IResult> CreateConcertAsync(Call call, Body<NewConcert> body) =>
        (await catalog.CreateConcertAsync(body.Value, call.IdempotencyKey, call.Aborted)).ToReply(StatusCodes.Status201Created);

    internal async Task<IResult> CreateScheduleAsync(Call call, Body<NewSchedule> body) =>
        (await catalog.CreateScheduleAsync(body.Value, call.IdempotencyKey, call.Aborted)).ToReply(StatusCodes.Status201Created);

    internal async Task<IResult> ChangeScheduleAsync(Call call, RouteId id, Body<ScheduleChange> body) =>
        (await editor.ChangeAsync(id.Value, body.Value, call.IdempotencyKey, call.Aborted)).ToReply();

    internal async Task<IResult> ReportAsync(Call call, RouteId id) => (await reports.ReportAsync(id.Value, call.Aborted)).ToReply();
}
