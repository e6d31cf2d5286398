using System.Text.Json.Nodes;

namespace ConcertFunctions.Local.Tests.Support;

/// <summary>An event of a stream: its name and its data.</summary>
internal sealed record StreamEvent(string Name, JsonNode Data)
{
    public string Status => Data["status"]!.GetValue<string>();

    public IReadOnlyList<string>? Sections => Data["sections"]?.AsArray().Select(name => name!.GetValue<string>()).ToList();
}

/// <summary>A client that listens to <c>/api/concert/events</c>; the clock moves while it waits.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly LocalApp _app;
    private readonly StreamReader _body;
    private Task<StreamEvent?>? _next;

    private EventReader(LocalApp app, HttpResponseMessage response, StreamReader body) => (_app, Response, _body) = (app, response, body);

    public HttpResponseMessage Response { get; }

    /// <summary>Signs of life so far.</summary>
    public int Heartbeats { get; private set; }

    public static string Path(string? schedule) => "/api/concert/events" + (schedule is null ? "" : $"?concertScheduleId={schedule}");

    /// <summary>Opens a stream; what it begins with is still to be read.</summary>
    public static async Task<EventReader> OpenAsync(Buyer buyer, string? schedule = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path(schedule));
        request.Headers.Add("queue-token", buyer.Token);
        request.Headers.Add("Accept-Encoding", "gzip, br");
        var response = await buyer.App.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(200);
        return new EventReader(buyer.App, response, new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>The next event; null when the stream has ended.</summary>
    public async Task<StreamEvent?> NextAsync()
    {
        _next ??= ReadAsync();
        var start = TimeProvider.System.GetTimestamp();
        while (!_next.IsCompleted)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException("Nothing came.");
            }

            _app.Time.Advance(Step);
            await Task.WhenAny(_next, Task.Delay(5, TestContext.Current.CancellationToken));
        }

        var next = await _next;
        _next = null;
        return next;
    }

    /// <summary>The next event that is as wanted; what comes before it is left out.</summary>
    public async Task<StreamEvent> UntilAsync(Func<StreamEvent, bool> wanted)
    {
        while (await NextAsync() is { } next)
        {
            if (wanted(next))
            {
                return next;
            }
        }

        throw new EndOfStreamException("The stream ended first.");
    }

    /// <summary>Lets time pass while it listens, and answers what came.</summary>
    public async Task<IReadOnlyList<StreamEvent>> ListenAsync(TimeSpan time)
    {
        List<StreamEvent> came = [];
        var step = time / 50 > Step ? time / 50 : Step;
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            _app.Time.Advance(step);
            await Task.Delay(10, TestContext.Current.CancellationToken);
            _next ??= ReadAsync();
            if (_next is { IsCompleted: true })
            {
                came.AddRange(await _next is { } next ? [next] : []);
                _next = null;
            }
        }

        return came;
    }

    public ValueTask DisposeAsync()
    {
        _body.Dispose();
        Response.Dispose();
        return default;
    }

    private async Task<StreamEvent?> ReadAsync()
    {
        string? name = null;
        JsonNode? data = null;
        while (await _body.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(": ", StringComparison.Ordinal))
            {
                Heartbeats++;
            }
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data = JsonNode.Parse(line[6..]);
            }
            else if (line.Length == 0 && data is not null)
            {
                return new StreamEvent(name!, data);
            }
        }

        return null;
    }
}
