using Concert.Api.Json;
using Concert.Api.Responses;
using Concert.Booking.Catalog;
using Concert.Booking.Shared;

namespace Concert.Api.Operations;

internal static class AdminOperations
{
    private const string Tag = "Admin";

    public static IReadOnlyList<ApiOperation> All() =>
    [
        new()
        {
            Name = OperationNames.CreateConcert,
            Method = "POST",
            Route = "api/admin/concert",
            Access = Access.Admin,
            Tag = Tag,
            Summary = "Creates a concert.",
            Parameters = [Parameters.IdempotencyKey],
            Request = new(ApiJson.Wire.NewConcert, ("concert", new NewConcert(Examples.ConcertName))),
            SuccessStatus = 201,
            Response = new(ApiJson.Wire.CreatedConcert, ("concert", new CreatedConcert(Examples.Concert, Examples.ConcertName))),
            Handler = CreateConcertAsync,
        },
        new()
        {
            Name = OperationNames.CreateSchedule,
            Method = "POST",
            Route = "api/admin/schedule",
            Access = Access.Admin,
            Tag = Tag,
            Summary = "Creates a schedule with its sections and inventories.",
            Parameters = [Parameters.IdempotencyKey],
            Request = new(ApiJson.Wire.NewSchedule, ("schedule", Examples.NewSchedule)),
            SuccessStatus = 201,
            Response = new(ApiJson.Wire.CreatedSchedule, ("schedule", Examples.CreatedSchedule)),
            Errors = [RefusalCode.NotYours],
            Handler = CreateScheduleAsync,
        },
        new()
        {
            Name = OperationNames.ReportSchedule,
            Method = "GET",
            Route = "api/admin/schedule/{id}/report",
            Access = Access.Admin,
            Tag = Tag,
            Summary = "What sold, what is held, what was refunded.",
            Parameters = [Parameters.Id("schedule", Examples.Schedule)],
            Response = new(ApiJson.Wire.ScheduleReport, ("report", Examples.Report)),
            Errors = [RefusalCode.NotYours],
            Handler = ReportAsync,
        },
    ];

    private static async Task<ApiReply> CreateConcertAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Wire.NewConcert);
        if (body.IsRefused(out var problem))
        {
            return problem;
        }

        var created = await call.UseCases.Catalog.CreateConcertAsync(body.Value, call.IdempotencyKey, call.Aborted);
        return created.IsRefused(out var refusal) ? refusal : ApiReply.Data(201, created.Value, ApiJson.Wire.CreatedConcert);
    }

    private static async Task<ApiReply> CreateScheduleAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Wire.NewSchedule);
        if (body.IsRefused(out var problem))
        {
            return problem;
        }

        var created = await call.UseCases.Catalog.CreateScheduleAsync(body.Value, call.IdempotencyKey, call.Aborted);
        return created.IsRefused(out var refusal) ? refusal : ApiReply.Data(201, created.Value, ApiJson.Wire.CreatedSchedule);
    }

    private static async Task<ApiReply> ReportAsync(ApiCall call)
    {
        var id = call.RouteId("id");
        if (id.IsRefused(out var problem))
        {
            return problem;
        }

        var report = await call.UseCases.Catalog.ReportAsync(id.Value, call.Aborted);
        return report.IsRefused(out var refusal) ? refusal : ApiReply.Data(200, report.Value, ApiJson.Wire.ScheduleReport);
    }
}
