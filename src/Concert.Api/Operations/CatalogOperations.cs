using Concert.Api.Json;
using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Catalog;
using Concert.Booking.Shared;

namespace Concert.Api.Operations;

internal static class CatalogOperations
{
    private const string Tag = "Concerts";

    public static IReadOnlyList<ApiOperation> All() =>
    [
        new()
        {
            Name = OperationNames.ListConcerts,
            Method = "GET",
            Route = "api/concert",
            Access = Access.Anonymous,
            Tag = Tag,
            Summary = "Concerts on sale.",
            Response = new(ApiJson.Wire.IReadOnlyListConcertView, ("concerts", (IReadOnlyList<ConcertView>)[Examples.ConcertView])),
            Handler = ListConcertsAsync,
        },
        new()
        {
            Name = OperationNames.ListDates,
            Method = "GET",
            Route = "api/concert/available-dates",
            Access = Access.Admitted,
            Tag = Tag,
            Summary = "A concert's schedules with how many places they have and how many are taken.",
            Parameters = [new("concertId", "query", true, "The concert.", Examples.Concert)],
            Response = new(ApiJson.Wire.IReadOnlyListScheduleView, ("dates", (IReadOnlyList<ScheduleView>)[Examples.ScheduleView])),
            Errors = [RefusalCode.NotYours],
            Handler = ListDatesAsync,
        },
        new()
        {
            Name = OperationNames.ListSeats,
            Method = "GET",
            Route = "api/concert/available-seats",
            Access = Access.Admitted,
            Tag = Tag,
            Summary = "A schedule's available seats, and what is left of its inventories. 304 while nothing changed.",
            Parameters =
            [
                new("concertScheduleId", "query", true, "The schedule.", Examples.Schedule),
                new("include", "query", false, "`all` for every seat with its status.", "all") { OneOf = ["all"] },
                new("If-None-Match", "header", false, "The ETag of the answer before.", "\"12-1\""),
            ],
            Response = new(ApiJson.Wire.SeatMapView, ("available", Examples.Available), ("all", Examples.AllSeats)),
            ResponseHeaders = ["ETag"],
            Errors = [RefusalCode.NotYours],
            Handler = ListSeatsAsync,
        },
    ];

    private static async Task<ApiReply> ListConcertsAsync(ApiCall call)
    {
        var concerts = await call.UseCases.Catalog.ListConcertsAsync(call.Aborted);
        return concerts.IsRefused(out var refusal)
            ? refusal
            : ApiReply.Data(200, concerts.Value, ApiJson.Wire.IReadOnlyListConcertView).With("Cache-Control", "no-cache");
    }

    private static async Task<ApiReply> ListDatesAsync(ApiCall call)
    {
        var concert = call.QueryId("concertId");
        if (concert.IsRefused(out var problem))
        {
            return problem;
        }

        if (await call.NotAdmittedAsync(concert.Value) is { } turn)
        {
            return turn;
        }

        var dates = await call.UseCases.Catalog.ListSchedulesAsync(concert.Value, call.Aborted);
        return dates.IsRefused(out var refusal) ? refusal : ApiReply.Data(200, dates.Value, ApiJson.Wire.IReadOnlyListScheduleView);
    }

    private static async Task<ApiReply> ListSeatsAsync(ApiCall call)
    {
        var schedule = call.QueryId("concertScheduleId");
        var include = call.Query("include");
        if (schedule.IsRefused(out var problem) || include.IsRefused(out problem))
        {
            return problem;
        }

        if (include.Value is not (null or "all"))
        {
            return Problem.Invalid("include can only be all.");
        }

        if (await call.NotAdmittedAsync(call.UseCases.Catalog.ConcertOf(schedule.Value)) is { } turn)
        {
            return turn;
        }

        var found = await call.UseCases.Catalog.GetSeatMapAsync(schedule.Value, include.Value is not null, call.Aborted);
        if (found.IsRefused(out var refusal))
        {
            return refusal;
        }

        var map = found.Value;
        var reply = EntityTags.Matches(call.Http.Request.Headers.IfNoneMatch, map.ETag) ? ApiReply.Empty(304) : ApiReply.Rendered(200, map.Json);
        return reply.With("ETag", map.ETag).With("Cache-Control", "private, no-cache");
    }
}
