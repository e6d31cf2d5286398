using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ConcertFunctions.Local.Hosting;
using ConcertFunctions.Local.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;

namespace ConcertFunctions.Local.Tests;

/// <summary>Server-sent events: who may listen, what is said when, and when it ends.</summary>
[Trait("Rule", "R-STREAM")]
public sealed class StreamTests
{
    private static readonly string[] OneAtATime = ["--WaitingRoom:MaxActive=1"];

    [Fact]
    public async Task Stream_Opened_SaysAtOnceWhereTheTokenStandsAndToLookAtTheMap()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var kim = await sale.BuyerAsync("kim");
        await using var stream = await EventReader.OpenAsync(kim, sale.ScheduleId);

        var line = (await stream.NextAsync()).ShouldNotBeNull();
        (line.Name, line.Status).ShouldBe(("line", "ACTIVE"));
        line.Data["expiresAt"]!.GetValue<DateTimeOffset>().ShouldBe((await kim.GetAsync("/api/queue/check")).Data["expiresAt"]!.GetValue<DateTimeOffset>());
        line.Data.AsObject().ContainsKey("token").ShouldBeFalse();
        var seats = (await stream.NextAsync()).ShouldNotBeNull();
        seats.Name.ShouldBe("seats");
        seats.Sections.ShouldBeNull();

        var headers = stream.Response.Headers;
        stream.Response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");
        stream.Response.Content.Headers.ContentEncoding.ShouldBeEmpty();
        headers.CacheControl!.ToString().ShouldBe("no-store");
        headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
    }

    [Fact]
    public async Task SeatTaken_BySomebodyElse_IsToldWithItsSection()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        await using var stream = await EventReader.OpenAsync(await sale.BuyerAsync("kim"), sale.ScheduleId);
        var first = await stream.UntilAsync(e => e.Name == "seats");

        await (await sale.BuyerAsync("lee")).HoldAsync(sale.B[1]);

        var told = await stream.UntilAsync(e => e.Name == "seats");
        told.Sections.ShouldBe(["B"]);
        told.Data["lookWithinSeconds"]!.GetValue<int>().ShouldBe(0);
        Revision(told).ShouldBeGreaterThan(Revision(first));
        (await stream.ListenAsync(TimeSpan.FromSeconds(5))).ShouldBeEmpty();
    }

    [Fact]
    public async Task HouseSeats_Blocked_AreToldLikeTakenOnes()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        await using var stream = await EventReader.OpenAsync(await sale.BuyerAsync("kim"), sale.ScheduleId);
        await stream.UntilAsync(e => e.Name == "seats");

        (await app.AdminAsync("POST", $"/api/admin/schedule/{sale.ScheduleId}/block", new { inventoryId = sale.InventoryId, quantity = 2 })).ShouldBe(200);

        (await stream.UntilAsync(e => e.Name == "seats")).Sections.ShouldBe(["Standing"]);
    }

    [Fact]
    public async Task Schedule_Changed_IsToldAsAnything()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        await using var stream = await EventReader.OpenAsync(await sale.BuyerAsync("kim"), sale.ScheduleId);
        await stream.UntilAsync(e => e.Name == "seats");

        (await app.AdminAsync("PATCH", $"/api/admin/schedule/{sale.ScheduleId}", new { inventories = new[] { new { name = "Standing", quantity = 9 } } })).ShouldBe(200);

        (await stream.UntilAsync(e => e.Name == "seats")).Sections.ShouldBeNull();
    }

    [Fact]
    public async Task AnotherSchedule_Changed_IsNotTold()
    {
        await using var app = await LocalApp.StartAsync();
        var (sale, other) = (await Sale.OpenAsync(app), await Sale.OpenAsync(app));
        await using var stream = await EventReader.OpenAsync(await sale.BuyerAsync("kim"), sale.ScheduleId);
        await stream.UntilAsync(e => e.Name == "seats");

        await (await other.BuyerAsync("lee")).HoldAsync(other.A[0]);

        (await stream.ListenAsync(TimeSpan.FromSeconds(5))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Listen_WithoutTheRightToAsk_IsRefusedLikeAsking()
    {
        await using var app = await LocalApp.StartAsync(OneAtATime);
        var sale = await Sale.OpenAsync(app);
        var kim = await sale.BuyerAsync("kim");
        var lee = await WaitingAsync(sale, "lee");

        (await app.SendAsync("GET", EventReader.Path(null))).ShouldFail(401, "no-token");
        (await app.SendAsync("GET", EventReader.Path(sale.ScheduleId), null, ("queue-token", kim.Token + "x"))).ShouldFail(401, "bad-token");
        (await lee.GetAsync(EventReader.Path(sale.ScheduleId))).ShouldFail(403, "not-admitted").Headers.RetryAfter.ShouldNotBeNull();
        (await kim.GetAsync(EventReader.Path(sale.ScheduleId + "x"))).ShouldFail(404, "not-yours");
        (await kim.GetAsync(EventReader.Path(new string('x', 300)))).ShouldFail(400, "invalid-request");
        (await kim.GetAsync(EventReader.Path("a") + "&concertScheduleId=b")).ShouldFail(400, "invalid-request");
        (await kim.SendAsync("DELETE", "/api/queue")).ShouldBe(204);
        (await kim.GetAsync(EventReader.Path(sale.ScheduleId))).ShouldFail(401, "token-expired");
    }

    [Fact]
    public async Task Listen_TokenThatHasEnded_IsToldSoAndNoMore()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var kim = await sale.BuyerAsync("kim");
        (await kim.SendAsync("DELETE", "/api/queue")).ShouldBe(204);
        await using var stream = await EventReader.OpenAsync(kim);

        (await stream.NextAsync()).ShouldNotBeNull().Name.ShouldBe("ended");
        (await stream.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task PlaceInLine_Changed_IsToldUntilTheTurnComes()
    {
        await using var app = await LocalApp.StartAsync(OneAtATime);
        var sale = await Sale.OpenAsync(app);
        var (kim, lee, park) = (await sale.BuyerAsync("kim"), await WaitingAsync(sale, "lee"), await WaitingAsync(sale, "park"));
        await using var stream = await EventReader.OpenAsync(park);
        var first = (await stream.NextAsync()).ShouldNotBeNull();
        (first.Status, first.Data["position"]!.GetValue<long>(), first.Data["nextPollSeconds"]!.GetValue<long>()).ShouldBe(("WAITING", 2, 1));

        (await lee.SendAsync("DELETE", "/api/queue")).ShouldBe(204);
        (await stream.NextAsync()).ShouldNotBeNull().Data["position"]!.GetValue<long>().ShouldBe(1);

        (await kim.SendAsync("DELETE", "/api/queue")).ShouldBe(204);
        var turn = (await stream.NextAsync()).ShouldNotBeNull();
        (turn.Name, turn.Status).ShouldBe(("line", "ACTIVE"));
        turn.Data.AsObject().ContainsKey("position").ShouldBeFalse();
    }

    [Fact]
    public async Task Token_ThatEnds_IsToldSoAndEndsTheStream()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var kim = await sale.BuyerAsync("kim");
        await using var stream = await EventReader.OpenAsync(kim, sale.ScheduleId);
        await stream.UntilAsync(e => e.Name == "seats");

        (await kim.SendAsync("DELETE", "/api/queue")).ShouldBe(204);

        var last = (await stream.NextAsync()).ShouldNotBeNull();
        (last.Name, last.Status).ShouldBe(("ended", "ENDED"));
        (await stream.NextAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task OpenStream_OfAWaitingToken_KeepsItsPlaceLikePolling()
    {
        await using var app = await LocalApp.StartAsync(OneAtATime);
        var sale = await Sale.OpenAsync(app);
        await sale.BuyerAsync("kim");
        var (silent, listener) = (await WaitingAsync(sale, "silent"), await WaitingAsync(sale, "listener"));
        var stream = await EventReader.OpenAsync(listener);

        await stream.ListenAsync(TimeSpan.FromMinutes(3));

        (await silent.GetAsync("/api/queue/check")).Text("status").ShouldBe("ENDED");

        // Asked in a way that is no poll.
        (await listener.GetAsync("/api/concert/available-dates?concertId=" + sale.ConcertId)).ShouldFail(403, "not-admitted");

        // Closed, it keeps nothing.
        await stream.DisposeAsync();
        for (var i = 0; i < 100; i++)
        {
            app.Time.Advance(TimeSpan.FromSeconds(2));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        (await listener.GetAsync("/api/queue/check")).Text("status").ShouldBe("ENDED");
    }

    [Fact]
    public async Task Stream_OnWhichNothingHappens_HasAHeartbeat()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        await using var stream = await EventReader.OpenAsync(await sale.BuyerAsync("kim"), sale.ScheduleId);
        await stream.UntilAsync(e => e.Name == "seats");

        (await stream.ListenAsync(TimeSpan.FromSeconds(14))).ShouldBeEmpty();
        stream.Heartbeats.ShouldBe(0);
        (await stream.ListenAsync(TimeSpan.FromSeconds(32))).ShouldBeEmpty();
        stream.Heartbeats.ShouldBeInRange(2, 3);
    }

    [Fact]
    public async Task Stream_ThatHasLivedLongEnough_EndsWithoutAWord()
    {
        await using var app = await LocalApp.StartAsync("--Streams:Lifetime=00:00:20", "--WaitingRoom:ActiveFor=01:00:00");
        var sale = await Sale.OpenAsync(app);
        await using var stream = await EventReader.OpenAsync(await sale.BuyerAsync("kim"));
        (await stream.NextAsync()).ShouldNotBeNull();
        var begun = app.Time.GetUtcNow();

        (await stream.NextAsync()).ShouldBeNull();

        (app.Time.GetUtcNow() - begun).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(16));
    }

    [Fact]
    public async Task Streams_OfOneToken_AreLimitedAndCountedOut()
    {
        await using var app = await LocalApp.StartAsync("--Streams:MaxPerToken=2");
        var sale = await Sale.OpenAsync(app);
        var (kim, lee) = (await sale.BuyerAsync("kim"), await sale.BuyerAsync("lee"));
        await using var first = await EventReader.OpenAsync(kim);
        var second = await EventReader.OpenAsync(kim, sale.ScheduleId);

        (await kim.GetAsync(EventReader.Path(null))).ShouldFail(429, "too-many-requests").Headers.RetryAfter.ShouldNotBeNull();
        await using var another = await EventReader.OpenAsync(lee);

        await second.DisposeAsync();
        await using var third = await OpenAgainAsync(kim);
    }

    [Fact]
    public async Task Streams_OfAll_AreLimitedAndTakeNothingFromRequests()
    {
        await using var app = await LocalApp.StartAsync("--Streams:MaxOpen=3", "--Api:MaxConcurrentRequests=2");
        var sale = await Sale.OpenAsync(app);
        List<EventReader> open = [];
        foreach (var name in new[] { "kim", "lee", "park" })
        {
            open.Add(await EventReader.OpenAsync(await sale.BuyerAsync(name)));
        }

        var late = await sale.BuyerAsync("late");
        (await late.GetAsync(EventReader.Path(null))).ShouldFail(429, "too-many-requests").Headers.RetryAfter.ShouldNotBeNull();
        (await late.GetAsync($"/api/concert/available-seats?concertScheduleId={sale.ScheduleId}")).ShouldBe(200);
        foreach (var stream in open)
        {
            await stream.DisposeAsync();
        }

        await using var then = await OpenAgainAsync(late);
    }

    [Fact]
    public async Task Host_ThatStops_EndsItsStreams()
    {
        var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var stream = await EventReader.OpenAsync(await sale.BuyerAsync("kim"), sale.ScheduleId);
        await stream.UntilAsync(e => e.Name == "seats");
        var end = stream.NextAsync();

        var stopped = app.StopAsync();

        (await end).ShouldBeNull();
        await stopped;
        await stream.DisposeAsync();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task Head_OfAStream_HasItsHeadersAndEnds()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var head = await (await sale.BuyerAsync("kim")).SendAsync("HEAD", EventReader.Path(sale.ScheduleId));
        head.ShouldBe(200).Body.ShouldBeEmpty();
        head.ContentHeaders.ContentType!.MediaType.ShouldBe("text/event-stream");
    }

    /// <summary>The system ends what a client that vanished confirms no more, long before it would by itself.</summary>
    [Fact]
    public async Task Connection_OfAStream_IsGivenUpAfterHalfTheSilence()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The option is Linux's.");
        var sockets = new List<Socket>();
        await using var host = LocalHost.Build(
            LocalArguments.Parse(["--memory", "--urls", "http://127.0.0.1:0", "--Local:Demo=false", $"--Admin:Key={LocalApp.AdminKey}"]),
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection =>
            {
                sockets.Add(connection.Features.Get<IConnectionSocketFeature>()!.Socket);
                return next(connection);
            }))));
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(host.Urls.Single()) };
        using var joined = await http.PostAsync("/api/queue/issue", new StringContent("""{"userId":"kim"}""", null, "application/json"), TestContext.Current.CancellationToken);
        var token = System.Text.Json.Nodes.JsonNode.Parse(await joined.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["data"]!["token"]!.GetValue<string>();
        using var request = new HttpRequestMessage(HttpMethod.Get, EventReader.Path(null)) { Headers = { { "queue-token", token } } };
        using var stream = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        stream.EnsureSuccessStatusCode();

        var milliseconds = 0;
        sockets.ShouldHaveSingleItem().GetRawSocketOption(6, 18, MemoryMarshal.AsBytes(new Span<int>(ref milliseconds)));
        milliseconds.ShouldBe(30_000);
    }

    private static long Revision(StreamEvent seats) => Convert.ToInt64(seats.Data["revision"]!.ToString(), CultureInfo.InvariantCulture);

    private static async Task<Buyer> WaitingAsync(Sale sale, string user)
    {
        var joined = await sale.App.SendAsync("POST", "/api/queue/issue", new { userId = user, concertId = sale.ConcertId });
        joined.ShouldBe(201).Text("status").ShouldBe("WAITING");
        return new Buyer(sale.App, user, joined.Text("token"));
    }

    /// <summary>The server hears of a client that left a moment later.</summary>
    private static async Task<EventReader> OpenAgainAsync(Buyer buyer)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await EventReader.OpenAsync(buyer);
            }
            catch (ShouldAssertException) when (i < 200)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }
    }
}
