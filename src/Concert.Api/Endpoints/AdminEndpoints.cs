using Concert.Api.Filters;
using Concert.Api.OpenApi;
using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Catalog;
using Concert.Booking.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Concert.Api.Endpoints;

/// <summary>What the promoter's staff do.</summary>
internal sealed class AdminEndpoints(ICatalogUseCases catalog) : IEndpoints
{
    private const string Tag = "Admin";

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapPost(Routes.CreateConcert, CreateConcertAsync)
            .Accepts<NewConcert>(Body.MediaType)
            .Produces<CreatedConcert>(StatusCodes.Status201Created)
            .WithTags(Tag)
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
            .WithTags(Tag)
            .WithContract(nameof(Routes.CreateSchedule), "Creates a schedule with its sections and inventories.", new()
            {
                Parameters = [Parameters.IdempotencyKey],
                Requests = [new("schedule", Examples.NewSchedule)],
                Responses = [new("schedule", Examples.CreatedSchedule)],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Admin);
        api.MapGet(Routes.ReportSchedule, ReportAsync)
            .Produces<ScheduleReport>()
            .WithTags(Tag)
            .WithContract(nameof(Routes.ReportSchedule), "What sold, what is held, what was refunded.", new()
            {
                Parameters = [Parameters.Id("schedule", Examples.Schedule)],
                Responses = [new("report", Examples.Report)],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Admin);
    }

    internal async Task<IResult> CreateConcertAsync(Call call, Body<NewConcert> body) =>
        (await catalog.CreateConcertAsync(body.Value, call.IdempotencyKey, call.Aborted)).ToReply(StatusCodes.Status201Created);

    internal async Task<IResult> CreateScheduleAsync(Call call, Body<NewSchedule> body) =>
        (await catalog.CreateScheduleAsync(body.Value, call.IdempotencyKey, call.Aborted)).ToReply(StatusCodes.Status201Created);

    internal async Task<IResult> ReportAsync(Call call, RouteId id) => (await catalog.ReportAsync(id.Value, call.Aborted)).ToReply();
}
