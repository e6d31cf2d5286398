using Concert.Booking.Availability;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Microsoft.Net.Http.Headers;

namespace Concert.Api.Endpoints;

/// <summary>Concerts, their dates and their seats.</summary>
internal sealed class CatalogEndpoints(ICatalogQueries catalog, ISeatMaps maps, PackedMaps packed) : IEndpoints
{
    private static readonly string Listed = $"public, max-age={(int)ConcertListing.KeptFor.TotalSeconds}";

    public void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("Concerts");
        api.MapGet(Routes.ListConcerts, ListConcertsAsync)
            .Produces<IReadOnlyList<ConcertView>>()
            .WithContract(nameof(Routes.ListConcerts), "Concerts with a schedule whose booking has not ended, ordered by opening, each with its next opening.", new()
            {
                Responses = [new("concerts", (IReadOnlyList<ConcertView>)[Examples.ConcertView, Examples.ConcertToCome])],
            })
            .Requires(Access.Anonymous);
        api.MapGet(Routes.ListDates, ListDatesAsync)
            .Produces<IReadOnlyList<ScheduleView>>()
            .WithContract(nameof(Routes.ListDates), "A concert's schedules with how many places they have and how many are taken.", new()
            {
                Parameters = [new("concertId", "query", true, "The concert.", Examples.Concert)],
                Responses = [new("dates", (IReadOnlyList<ScheduleView>)[Examples.ScheduleView, Examples.CalledOffSchedule])],
                Errors = [RefusalCode.NotYours],
            })
            .RequiresAdmission(static context => context.GetArgument<QueryId>(1).Value);
        api.MapGet(Routes.ListSeats, ListSeatsAsync)
            .Produces<SeatMapView>()
            .WithContract(
                nameof(Routes.ListSeats), "A schedule's available seats, and what is left of its inventories. 304 while nothing changed.", new()
            {
                Parameters =
                [
                    new("concertScheduleId", "query", true, "The schedule.", Examples.Schedule),
                    .. SeatMapAnswers.Parameters,
                ],
                Responses = [new("available", Examples.Available), new("all", Examples.AllSeats), new("sections", Examples.Overview)],
                Headers = ["ETag"],
                Errors = [RefusalCode.NotYours],
            })
            .RequiresAdmission(static context => SectionRef.ConcertOf(context.GetArgument<QueryId>(1).Value));
    }

    internal async Task<IResult> ListConcertsAsync(Call call)
    {
        var concerts = await catalog.ListConcertsAsync(call.Aborted);
        if (!concerts.IsRefused(out _))
        {
            call.ResponseHeaders.CacheControl = Listed;
            // A shared cache must not hand one origin's answer to another.
            call.ResponseHeaders.Append(HeaderNames.Vary, HeaderNames.Origin);
        }

        return concerts.ToReply();
    }

    internal async Task<IResult> ListDatesAsync(Call call, QueryId concertId) => (await catalog.ListSchedulesAsync(concertId.Value, call.Aborted)).ToReply();

    internal Task<IResult> ListSeatsAsync(Call call, QueryId concertScheduleId, QueryName section, SeatsIncluded include) =>
        maps.AnswerAsync(packed, call, concertScheduleId.Value, section, include);
}
