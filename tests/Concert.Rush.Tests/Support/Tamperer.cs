using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Concert.Rush.Tests.Support;

/// <summary>
/// Stands between the drill and a service that is right, and makes it look wrong. Each lie is told about one thing, the first that fits, for good: whoever asks
/// again is told the same.
/// </summary>
public abstract class Tamperer : DelegatingHandler
{
    protected Lock Gate { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath["/api/".Length..];
        var sent = request.Content is null ? null : JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken));
        if (Instead(request.Method.Method, path, sent) is { } answer)
        {
            return answer;
        }

        var response = await base.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var body = text.Length == 0 ? null : JsonNode.Parse(text)!.AsObject();
        if (body is null)
        {
            return response;
        }

        if (Replace(request.Method.Method, path, sent, (int)response.StatusCode, body) is { } other)
        {
            return other;
        }

        response.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return response;
    }

    /// <summary>An answer that the service never hears of.</summary>
    protected virtual HttpResponseMessage? Instead(string method, string path, JsonNode? sent) => null;

    /// <summary>Another answer than the service's, or its own with what was changed in <paramref name="answer"/>.</summary>
    protected virtual HttpResponseMessage? Replace(string method, string path, JsonNode? sent, int status, JsonObject answer) => null;

    protected static HttpResponseMessage Ok(HttpStatusCode status, JsonNode data) => Json(status, new JsonObject { ["success"] = true, ["data"] = data });

    protected static HttpResponseMessage Refused(HttpStatusCode status, string code) => Json(status, new JsonObject { ["success"] = false, ["code"] = code });

    private static HttpResponseMessage Json(HttpStatusCode status, JsonObject body) =>
        new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
}

/// <summary>Changes what matching GETs say.</summary>
/// <param name="kind">How the path begins.</param>
/// <param name="change">Changes the data; false when it was nothing to lie about, and the next one is tried.</param>
/// <param name="everywhere">Also in all other answers of that kind.</param>
public sealed class Lie(string kind, Func<JsonNode, bool> change, bool everywhere = false) : Tamperer
{
    private string? _about;

    protected override HttpResponseMessage? Replace(string method, string path, JsonNode? sent, int status, JsonObject answer)
    {
        lock (Gate)
        {
            if (method == "GET" && status == 200 && path.StartsWith(kind, StringComparison.Ordinal) && (everywhere || (_about ?? path) == path) && change(answer["data"]!))
            {
                _about = path;
            }
        }

        return null;
    }
}

/// <summary>The first buyer who is refused a seat that is taken gets it all the same.</summary>
public sealed class SellsTwice : Tamperer
{
    private const string Id = "sold-twice";
    private JsonNode? _reservation;

    protected override HttpResponseMessage? Instead(string method, string path, JsonNode? sent) =>
        path == $"reservation/{Id}" ? Ok(HttpStatusCode.OK, _reservation!.DeepClone()) : null;

    protected override HttpResponseMessage? Replace(string method, string path, JsonNode? sent, int status, JsonObject answer)
    {
        lock (Gate)
        {
            if (method != "POST" || path != "reservation" || status != 409 || _reservation is not null)
            {
                return null;
            }

            var now = DateTimeOffset.UtcNow;
            var seats = sent!["seatIds"]?.AsArray().Select(s => s!.GetValue<string>()) ?? [sent["seatId"]!.GetValue<string>()];
            _reservation = new JsonObject
            {
                ["id"] = Id,
                ["status"] = Status.Held,
                ["seats"] = new JsonArray([.. seats.Select(s => new JsonObject { ["id"] = s })]),
                ["totalAmount"] = 10_000,
                ["holdExpiresAt"] = now.AddMinutes(5),
                ["createdAt"] = now,
                ["history"] = new JsonArray(new JsonObject { ["at"] = now, ["status"] = Status.Pending }, new JsonObject { ["at"] = now, ["status"] = Status.Held }),
            };
            return Ok(HttpStatusCode.Accepted, _reservation.DeepClone());
        }
    }
}

/// <summary>Answers the n-th POST of a kind by itself, always when it is repeated, and the service never hears of it.</summary>
public sealed class Swallows(string kind, int which, Func<HttpResponseMessage> answer) : Tamperer
{
    private readonly HashSet<string> _heard = [];
    private string? _swallowed;

    public static Swallows Refusing(string kind, HttpStatusCode status, string code) => new(kind, 1, () => Refused(status, code));

    public static Swallows Charging() => new("user/charge", 3, () => Ok(HttpStatusCode.OK, new JsonObject { ["balance"] = 1 }));

    protected override HttpResponseMessage? Instead(string method, string path, JsonNode? sent)
    {
        lock (Gate)
        {
            if (method != "POST" || path != kind)
            {
                return null;
            }

            var what = sent!.ToJsonString();
            if (_heard.Add(what) && _heard.Count == which)
            {
                _swallowed = what;
            }

            return what == _swallowed ? answer() : null;
        }
    }
}

/// <summary>Lets the service accept the first reservation and tells its buyer that it did not.</summary>
public sealed class HoldsWhatItRefuses : Tamperer
{
    private bool _told;

    protected override HttpResponseMessage? Replace(string method, string path, JsonNode? sent, int status, JsonObject answer)
    {
        lock (Gate)
        {
            if (method != "POST" || path != "reservation" || status != 202 || _told)
            {
                return null;
            }

            _told = true;
            return Refused(HttpStatusCode.Conflict, "seat-taken");
        }
    }
}

/// <summary>Not found for the reservation that was read first.</summary>
public sealed class Forgets : Tamperer
{
    private string? _forgotten;

    protected override HttpResponseMessage? Instead(string method, string path, JsonNode? sent)
    {
        lock (Gate)
        {
            return method == "GET" && path.StartsWith("reservation/", StringComparison.Ordinal) && (_forgotten ??= path) == path
                ? Refused(HttpStatusCode.NotFound, "not-yours")
                : null;
        }
    }
}

/// <summary>Not a lie: of each 21 requests one is 503, one is 429, and one has its effect and no answer.</summary>
public sealed class Flaky : Tamperer
{
    protected override HttpResponseMessage? Instead(string method, string path, JsonNode? sent)
    {
        var status = Random.Shared.Next(21) switch { 0 => HttpStatusCode.ServiceUnavailable, 1 => HttpStatusCode.TooManyRequests, _ => HttpStatusCode.OK };
        if (status == HttpStatusCode.OK)
        {
            return null;
        }

        var refused = Refused(status, "unavailable");
        refused.Headers.RetryAfter = new(TimeSpan.Zero);
        return refused;
    }

    protected override HttpResponseMessage? Replace(string method, string path, JsonNode? sent, int status, JsonObject answer) =>
        Random.Shared.Next(21) == 0 ? throw new HttpRequestException("The connection was lost.") : null;
}
