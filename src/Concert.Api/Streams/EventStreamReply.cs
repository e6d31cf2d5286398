using Concert.Booking.Availability;
using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;
using Microsoft.AspNetCore.Http.Features;

namespace Concert.Api.Streams;

/// <summary>
/// Answers with a stream of server-sent events, which the feed writes. Not <c>TypedResults.ServerSentEvents</c>: that runs an enumerator for each stream, renders
/// each event once for each client, knows no comments, which heartbeats are, and waits for who does not read.
/// </summary>
/// <param name="feed">Writes it.</param>
/// <param name="watches">Tell of changes of the schedule.</param>
/// <param name="claims">Whose it is.</param>
/// <param name="known">Where that token stands.</param>
/// <param name="schedule">The schedule that it is about as well.</param>
/// <param name="silence">A client from which the system has heard nothing for so long is gone.</param>
internal sealed class EventStreamReply(
    StreamFeed feed, WatchedSchedules watches, TokenClaims claims, QueueAnswer known, (string Id, MapOutline Outline)? schedule, TimeSpan silence) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (HttpMethods.IsHead(httpContext.Request.Method))
        {
            SetHeaders(httpContext.Response);
            return;
        }

        if (feed.Reserve(claims) is { } refusal)
        {
            await Problem.From(refusal).ExecuteAsync(httpContext);
            return;
        }

        var watch = schedule is { } about ? watches.Join(about.Id, about.Outline) : null;
        try
        {
            await RunAsync(httpContext, watch);
        }
        finally
        {
            feed.Release(claims);
            if (watch is not null)
            {
                watches.Leave(watch);
            }
        }
    }

    private async Task RunAsync(HttpContext http, WatchedSchedule? watch)
    {
        var place = PlaceInLine.Of(known);
        var seen = watch?.Revision ?? 0;
        SetHeaders(http.Response);
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (known.HasEnded)
        {
            await http.Response.Body.WriteAsync(Frames.Of(Frames.EndedEvent, place), http.RequestAborted);
            return;
        }

        SilentPeer.EndAfter(http, silence);
        var stream = new EventStream(claims, watch, http.Response.Body) { EndsAt = feed.EndOfLife(), Seen = seen, Told = place };
        await using var gone = http.RequestAborted.UnsafeRegister(static left => ((EventStream)left!).End(), stream);
        try
        {
            stream.TryWrite(First(place, watch, seen), feed.Now);
            Forget(http.Request.Headers);
            feed.Add(stream, known);
            await stream.Over;
        }
        finally
        {
            stream.End();
            feed.Remove(stream);
        }

        if (stream.IsBlocked)
        {
            http.Abort();
        }
    }

    /// <summary>The server keeps a request's headers for as long as it is open, a sixth of what a stream would need; nobody reads them any more.</summary>
    private static void Forget(IHeaderDictionary headers)
    {
        foreach (var name in headers.Keys.ToArray())
        {
            headers.Remove(name);
        }
    }

    private static byte[] First(PlaceInLine place, WatchedSchedule? watch, long seen) =>
    [
        .. Frames.Opening, .. Frames.Of(Frames.LineEvent, place), .. watch is null ? [] : watch.Anything(seen).Span,
    ];

    private static void SetHeaders(HttpResponse response)
    {
        response.ContentType = MediaTypes.EventStream;
        // Asks nginx, and what has learnt from it, to hand on each event at once.
        response.Headers["X-Accel-Buffering"] = "no";
    }
}
