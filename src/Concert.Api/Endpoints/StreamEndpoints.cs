using Concert.Api.Streams;
using Concert.Booking.Availability;
using Concert.Booking.Ids;
using Concert.Booking.WaitingRoom;
using Microsoft.Extensions.Options;

namespace Concert.Api.Endpoints;

/// <summary>Streams server-sent events, where a host can hold thousands of requests open (<see cref="StreamRegistration"/>).</summary>
internal sealed class StreamEndpoints(
    IQueueUseCases queue, ISeatMaps maps, StreamFeed feed, WatchedSchedules watches, IOptions<WaitingRoomOptions> waitingRoom) : IEndpoints
{
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromSeconds(5);

    private static readonly string Example = $"retry: 2000\n\n{Shown(Frames.Of(Frames.LineEvent, Examples.PlaceActive))}"
        + $"{Shown(Frames.Of(Examples.SeatsChanged))}: heartbeat\n\n{Shown(Frames.Of(Frames.EndedEvent, Examples.PlaceEnded))}";

    /// <summary>Half of the time after which a silent token gives up its place, so that the place of somebody who is gone is kept no longer than by polling.</summary>
    private TimeSpan Silence => waitingRoom.Value.SilenceLimit / 2 is var half && half > ShortestSilence ? half : ShortestSilence;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGroup("").WithTags("Concerts").MapGet(Routes.StreamEvents, StreamAsync)
        .Produces(StatusCodes.Status200OK)
        .WithContract(
            nameof(Routes.StreamEvents),
            "Server-sent events: `line` with the caller's place whenever it changes, which keeps a waiting token alive as polling does; `seats` when something of "
                + "the schedule has changed and its map is worth asking for again; `ended` before the stream ends with the token. Not in every deployment: 404 means poll. "
                + "It goes on for minutes: listen with `curl -N`, for a page that shows answers when they are whole shows nothing of it.",
            new()
        {
            Parameters = [new("concertScheduleId", "query", false, "The schedule to hear of; it needs an ACTIVE token. Without it the place in line alone.", Examples.Schedule)],
            OtherMedia = [new(MediaTypes.EventStream, Example)],
            Headers = ["X-Accel-Buffering"],
            Errors = [RefusalCode.NotAdmitted, RefusalCode.NotYours],
        })
        .Requires(Access.Token)
        // In place of the limit of requests at once, which open streams would use up.
        .RequireRateLimiting(StreamRegistration.Capacity)
        // Their length is no measure of how fast the service answers.
        .DisableHttpMetrics();

    internal async Task<IResult> StreamAsync(Call call, QueryText concertScheduleId)
    {
        (string, MapOutline)? schedule = null;
        if (concertScheduleId.Text is { } id)
        {
            if (Text.WrongId(nameof(concertScheduleId), id) is { } wrong)
            {
                return wrong;
            }

            // The rule of the map that it stands for.
            if (await queue.RequireActiveAsync(call.Claims!, SectionRef.ConcertOf(id), call.Aborted) is { } turn)
            {
                return Problem.From(turn);
            }

            var outline = await maps.OutlineAsync(id, call.Aborted);
            if (outline.IsRefused(out var unknown))
            {
                return Problem.From(unknown);
            }

            schedule = (id, outline.Value);
        }

        var known = await queue.CheckAsync(call.Claims!, call.Token!, call.Aborted);
        return known.IsRefused(out var refusal)
            ? Problem.From(refusal)
            : new EventStreamReply(feed, watches, call.Claims!, known.Value, schedule, Silence);
    }

    private static string Shown(byte[] frame) => System.Text.Encoding.UTF8.GetString(frame);
}
