using System.IO.Compression;
using System.Text;
using Concert.Booking.Catalog;
using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Concert.Api.Tests;

public sealed class AnswerTests
{
    private const string Seats = "/api/concert/available-seats?concertScheduleId=c1-s1";

    private readonly Api _api = new();

    public AnswerTests() =>
        _api.Maps.GetAsync("c1-s1", Arg.Any<string?>(), Arg.Any<bool>(), Arg.Any<CancellationToken>()).Returns(call => new SeatMap(
            "\"v7\"",
            [
                Encoding.UTF8.GetBytes($$"""{"all":{{(call.ArgAt<bool>(2) ? "true" : "false")}}"""),
                Encoding.UTF8.GetBytes(call.ArgAt<string?>(1) is { } section ? $$""","section":"{{section}}"}""" : "}"),
            ]));

    [Theory]
    [InlineData("", "false")]
    [InlineData("&include=all", "true")]
    public async Task Seats_Found_AreWrittenAsRenderedWithTheirETag(string include, string all)
    {
        var answer = await _api.SendAsync("GET", Seats + include);
        answer.Status.ShouldBe(200);
        Encoding.UTF8.GetString(answer.Body).ShouldBe($$$"""{"success":true,"data":{"all":{{{all}}}}}""");
        answer.Headers.ContentLength.ShouldBe(answer.Body.Length);
        answer.Headers.ETag.ToString().ShouldBe("\"v7\"");
        answer.Headers.CacheControl.ToString().ShouldBe("private, no-cache");
    }

    [Theory]
    [InlineData("\"v7\"", 304)]
    [InlineData("W/\"v7\"", 304)]
    [InlineData("\"v6\", \"v7\"", 304)]
    [InlineData("*", 304)]
    [InlineData("\"v6\"", 200)]
    [InlineData("v7", 200)]
    public async Task Seats_IfNoneMatch_ComparesWeakly(string ifNoneMatch, int status)
    {
        var answer = await _api.SendAsync("GET", Seats, null, ("If-None-Match", ifNoneMatch));
        answer.Status.ShouldBe(status);
        answer.Headers.ETag.ToString().ShouldBe("\"v7\"");
        (answer.Body.Length == 0).ShouldBe(status == 304);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Seats_LargeMap_IsCompressedOnceForAllItsReaders(string coding)
    {
        var seats = Encoding.UTF8.GetBytes($$"""{"seats":"{{new string('s', 5_000)}}"}""");
        var map = new SeatMap("\"v8\"", [seats]);
        _api.Maps.GetAsync("c1-s1", null, false, Arg.Any<CancellationToken>()).Returns(_ => map);
        var plain = await _api.SendAsync("GET", Seats);

        var packed = await _api.SendAsync("GET", Seats, null, ("Accept-Encoding", coding));
        packed.Headers.ContentEncoding.ToString().ShouldBe(coding);
        packed.Headers.Vary.ToString().ShouldBe("Accept-Encoding");
        packed.Headers.ETag.ToString().ShouldBe("W/\"v8\"");
        packed.Headers.ContentLength.ShouldBe(packed.Body.Length);
        packed.Body.Length.ShouldBeLessThan(1_000);
        (await UnpackedAsync(packed.Body, coding)).ShouldBe(plain.Body);

        // A map never changes; this one does, so that it shows who looks at it again.
        seats[20] = (byte)'t';
        (await _api.SendAsync("GET", Seats, null, ("Accept-Encoding", coding))).Body.ShouldBe(packed.Body);
        map = new SeatMap("\"v9\"", [seats]);
        var next = await _api.SendAsync("GET", Seats, null, ("Accept-Encoding", coding));
        (await UnpackedAsync(next.Body, coding)).ShouldBe((await _api.SendAsync("GET", Seats)).Body);
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("br;q=0, gzip;q=0")]
    [InlineData("nonsense")]
    public async Task Seats_NoCodingOfOursAccepted_AreSentAsTheyAre(string codings)
    {
        _api.Maps.GetAsync("c1-s1", null, false, Arg.Any<CancellationToken>()).Returns(_ => new SeatMap("\"v8\"", [new byte[5_000]]));
        var answer = await _api.SendAsync("GET", Seats, null, ("Accept-Encoding", codings));
        answer.Headers.ContentEncoding.ShouldBeEmpty();
        answer.Body.ShouldBe((await _api.SendAsync("GET", Seats)).Body);
    }

    private static async Task<byte[]> UnpackedAsync(byte[] body, string coding)
    {
        using var packed = new MemoryStream(body);
        await using Stream stream = coding == "br" ? new BrotliStream(packed, CompressionMode.Decompress) : new GZipStream(packed, CompressionMode.Decompress);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        return copy.ToArray();
    }

    [Theory]
    [InlineData("POST", "/api/queue/issue", """{"userId":"mina","concertId":"c1"}""", 201)]
    [InlineData("GET", "/api/queue/check", null, 200)]
    public async Task Queue_Waiting_SaysWhenToAskNext(string method, string path, string? body, int status)
    {
        var waiting = new QueueAnswer(Views.Token("WAITING"), TimeSpan.FromSeconds(2.5));
        _api.Queue.JoinAsync("mina", "c1", null, Arg.Any<CancellationToken>()).Returns(_ => waiting);
        _api.Queue.CheckAsync(Api.Mina, Api.GoodToken, Arg.Any<CancellationToken>()).Returns(_ => waiting);
        var answer = await _api.SendAsync(method, path, body);
        answer.Status.ShouldBe(status);
        answer.Headers.RetryAfter.ToString().ShouldBe("3");
        answer.Data["position"]!.GetValue<int>().ShouldBe(3);
        answer.Data.AsObject().ContainsKey("expiresAt").ShouldBeFalse();
    }

    [Fact]
    public async Task Queue_Leave_HasNoBody()
    {
        var answer = await _api.SendAsync("DELETE", "/api/queue");
        answer.Status.ShouldBe(204);
        answer.Body.ShouldBeEmpty();
        await _api.Queue.Received().LeaveAsync(Api.Mina, Arg.Any<string?>(), Arg.Any<CancellationToken>());
    }

    [Theory]
    [InlineData("/health/ready")]
    [InlineData("/api/health/ready")]
    public async Task Ready_EverythingAnswers_Is200(string path)
    {
        var answer = await _api.SendAsync("GET", path, null, ("queue-token", null));
        answer.Status.ShouldBe(200);
        answer.Data["checks"]!.AsArray().Select(c => (string?)c!["name"]).ShouldBe(["documents", "queue", "waiting-room"]);
    }

    [Fact]
    public async Task Ready_ADependencyFailsAndOneHangs_Is503AndSaysWhich()
    {
        _api.Store.CheckAsync(Arg.Any<CancellationToken>()).ThrowsAsync(new StoreUnavailableException("secret host"));
        _api.Room.CheckAsync(Arg.Any<CancellationToken>()).Returns(new TaskCompletionSource().Task);
        var answer = await _api.Time.RunAsync(_api.SendAsync("GET", "/health/ready"), TimeSpan.FromMilliseconds(100));
        answer.ShouldBeProblem(503, "unavailable");
        answer.Json["checks"]!.AsArray().Select(c => (string?)c!["status"]).ShouldBe(["down", "up", "slow"]);
        Encoding.UTF8.GetString(answer.Body).ShouldNotContain("secret");
        answer.Headers.RetryAfter.ToString().ShouldBe("1");
    }

    /// <summary>Every poll asks again, and one that went well before does not answer for it.</summary>
    [Fact]
    public async Task Ready_TheQueueIsCut_Is503OnEveryPollUntilItIsBack()
    {
        (await _api.SendAsync("GET", "/health/ready")).Status.ShouldBe(200);
        _api.Sender.CheckAsync(Arg.Any<CancellationToken>()).ThrowsAsync(new StoreUnavailableException("cut"));
        for (var poll = 0; poll < 12; poll++)
        {
            var answer = await _api.SendAsync("GET", "/health/ready");
            answer.ShouldBeProblem(503, "unavailable");
            answer.Json["checks"]!.AsArray().Select(c => (string?)c!["status"]).ShouldBe(["up", "down", "up"]);
        }

        _api.Sender.CheckAsync(Arg.Any<CancellationToken>()).Returns(Task.CompletedTask);
        (await _api.SendAsync("GET", "/health/ready")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("/docs", "\"/docs/start.js\"", "\"/openapi/v1.json\"")]
    [InlineData("/docs/", "\"/docs/start.js\"", "\"/openapi/v1.json\"")]
    [InlineData("/api/docs", "\"/api/docs/start.js\"", "\"/api/openapi/v1.json\"")]
    public async Task Docs_Page_RunsNoInlineScriptAndFetchesNothingFromElsewhere(string path, string script, string contract)
    {
        var answer = await _api.SendAsync("GET", path);
        answer.ContentType.ShouldBe("text/html; charset=utf-8");
        var page = Encoding.UTF8.GetString(answer.Body);
        page.ShouldContain(script);
        page.ShouldContain(contract);
        page.ShouldNotContain("://");
        page.ShouldNotContain("<script>");
        answer.Headers.ContentSecurityPolicy.ToString().ShouldContain("script-src 'self';");
    }

    [Theory]
    [InlineData("swagger-ui.css", "text/css; charset=utf-8")]
    [InlineData("swagger-ui-bundle.js", "text/javascript; charset=utf-8")]
    [InlineData("start.js", "text/javascript; charset=utf-8")]
    [InlineData("stand-ins.js", "text/javascript; charset=utf-8")]
    [InlineData("walk.js", "text/javascript; charset=utf-8")]
    [InlineData("walk.css", "text/css; charset=utf-8")]
    [InlineData("favicon-32x32.png", "image/png")]
    public async Task Docs_Asset_IsServedFromHere(string name, string type)
    {
        var plain = await _api.SendAsync("GET", "/docs/" + name);
        plain.Status.ShouldBe(200);
        plain.ContentType.ShouldBe(type);
        plain.Body.Length.ShouldBeGreaterThan(100);
        plain.Headers.ContentEncoding.ShouldBeEmpty();
        var packed = await _api.SendAsync("GET", "/docs/" + name, null, ("Accept-Encoding", "br, gzip;q=0.8"));
        await using Stream body = packed.Headers.ContentEncoding.ToString() switch
        {
            // Swagger UI's files come packed; ours are packed for who asks.
            "gzip" => new GZipStream(new MemoryStream(packed.Body), CompressionMode.Decompress),
            "br" => new BrotliStream(new MemoryStream(packed.Body), CompressionMode.Decompress),
            _ => new MemoryStream(packed.Body),
        };
        using var unpacked = new MemoryStream();
        await body.CopyToAsync(unpacked, TestContext.Current.CancellationToken);
        unpacked.ToArray().ShouldBe(plain.Body);
    }
}
