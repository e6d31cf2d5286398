using System.IO.Compression;

namespace ConcertFunctions.Local.Tests;

/// <summary>What only a real server shows: HEAD, other origins and compression.</summary>
public sealed class ServerTests
{
    private const string Origin = "https://shop.example";

    [Theory]
    [InlineData("/api/concert")]
    [InlineData("/api/reservation")]
    [InlineData("/api/reservation/nothing")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/docs")]
    [InlineData("/docs/swagger-ui-bundle.js")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/openapi/v1.json")]
    public async Task Head_OfEveryGet_HasItsHeadersAndNoBody(string path)
    {
        await using var app = await LocalApp.StartAsync();
        var got = await app.SendAsync("GET", path);
        var head = await app.SendAsync("HEAD", path);
        head.Status.ShouldBe(got.Status);
        head.Body.ShouldBeEmpty();
        head.ContentHeaders.ContentType.ShouldBe(got.ContentHeaders.ContentType);
        var length = head.ContentHeaders.ContentLength.ShouldNotBeNull();
        // Readiness says how many milliseconds each dependency took, so that no two answers need be of one length.
        (length == got.Body.Length || (path == "/health/ready" && length > 100)).ShouldBeTrue();
        head.Headers.ETag.ShouldBe(got.Headers.ETag);
    }

    [Theory]
    [InlineData("/api/concert?x=", 9_000, 0, 414)]
    [InlineData("/api/concert?x=", 8_100, 0, 200)]
    [InlineData("/api/concert", 0, 20_000, 431)]
    [InlineData("/api/concert", 0, 15_000, 200)]
    public async Task Request_TooLongForTheApi_IsToldSoInAProblem(string path, int padding, int header, int status)
    {
        await using var app = await LocalApp.StartAsync();
        var answer = await app.SendAsync("GET", path + new string('x', padding), null, ("x-padding", new string('x', header)));
        answer.Status.ShouldBe(status);
        if (status != 200)
        {
            answer.ContentHeaders.ContentType!.MediaType.ShouldBe("application/problem+json");
            System.Text.Encoding.UTF8.GetString(answer.Body).ShouldContain("\"code\":\"invalid-request\"");
        }
    }

    [Fact]
    public async Task Request_WithTooManyHeaders_IsToldSoInAProblem()
    {
        await using var app = await LocalApp.StartAsync();
        var answer = await app.SendAsync("GET", "/api/concert", null, [.. Enumerable.Range(0, 100).Select(i => ($"x-{i}", "1"))]);
        answer.Status.ShouldBe(431);
        answer.ContentHeaders.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Preflight_FromAnAllowedOrigin_IsAnswered()
    {
        await using var app = await LocalApp.StartAsync($"--Cors:AllowedOrigins:0={Origin}");
        var answer = await app.SendAsync(
            "OPTIONS", "/api/reservation", null, ("Origin", Origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "queue-token,prefer"));
        answer.Status.ShouldBe(204);
        Value(answer, "Access-Control-Allow-Origin").ShouldBe(Origin);
        Value(answer, "Access-Control-Allow-Methods").ShouldContain("POST");
        Value(answer, "Access-Control-Allow-Headers").ShouldContain("queue-token");
        Value(answer, "X-Content-Type-Options").ShouldBe("nosniff");
    }

    [Theory]
    [InlineData("/api/concert", 200)]
    [InlineData("/api/reservation", 401)]
    [InlineData("/api/nothing", 404)]
    public async Task Call_FromAnAllowedOrigin_SharesItsAnswerAndHeaders(string path, int status)
    {
        await using var app = await LocalApp.StartAsync($"--Cors:AllowedOrigins:0={Origin}");
        var answer = await app.SendAsync("GET", path, null, ("Origin", Origin));
        answer.Status.ShouldBe(status);
        Value(answer, "Access-Control-Allow-Origin").ShouldBe(Origin);
        Value(answer, "Access-Control-Expose-Headers").Split(',').ShouldBe(["Date", "ETag", "Location", "Retry-After", "Preference-Applied"], ignoreOrder: true);
    }

    [Fact]
    public async Task Call_FromAnotherOrigin_IsNotShared()
    {
        await using var app = await LocalApp.StartAsync($"--Cors:AllowedOrigins:0={Origin}");
        foreach (var method in new[] { "GET", "OPTIONS" })
        {
            var answer = await app.SendAsync(method, "/api/concert", null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "GET"));
            answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Start_OriginWithAPath_IsRefused()
    {
        var errors = new StringWriter();
        (await ConcertFunctions.Local.Hosting.LocalHost.RunAsync(["--memory", "--Cors:AllowedOrigins:0=https://shop.example/"], TextWriter.Null, errors)).ShouldBe(2);
        errors.ToString().ShouldStartWith("Cors:AllowedOrigins has 'https://shop.example/'");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task LargeAnswer_CompressionAskedFor_IsPackedUnderAWeakTag(string coding)
    {
        await using var app = await LocalApp.StartAsync();
        var plain = await app.SendAsync("GET", "/openapi/v1.json");
        var packed = await app.SendAsync("GET", "/openapi/v1.json", null, ("Accept-Encoding", coding));
        packed.ContentHeaders.ContentEncoding.ShouldBe([coding]);
        packed.Body.Length.ShouldBeLessThan(plain.Body.Length / 4);
        using var body = new MemoryStream(packed.Body);
        await using Stream unpacked = coding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        using var copy = new MemoryStream();
        await unpacked.CopyToAsync(copy, TestContext.Current.CancellationToken);
        copy.ToArray().ShouldBe(plain.Body);
        packed.Headers.ETag!.IsWeak.ShouldBeTrue();
        packed.Headers.ETag.Tag.ShouldBe(plain.Headers.ETag!.Tag);
        plain.Headers.ETag.IsWeak.ShouldBeFalse();

        var again = await app.SendAsync("GET", "/openapi/v1.json", null, ("Accept-Encoding", coding), ("If-None-Match", packed.Headers.ETag.ToString()));
        again.Status.ShouldBe(304);
        again.Body.ShouldBeEmpty();
        again.Headers.ETag.ShouldBe(packed.Headers.ETag);
    }

    [Fact]
    public async Task SmallAnswer_CompressionAskedFor_IsLeftAsItIs()
    {
        await using var app = await LocalApp.StartAsync();
        var answer = await app.SendAsync("GET", "/health/live", null, ("Accept-Encoding", "gzip"));
        answer.ContentHeaders.ContentEncoding.ShouldBeEmpty();
        answer.Data["status"]!.GetValue<string>().ShouldBe("live");
    }

    private static string Value(Reply reply, string header) => string.Join(',', reply.Headers.GetValues(header));
}
