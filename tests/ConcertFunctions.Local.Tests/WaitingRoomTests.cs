using System.Text;

namespace ConcertFunctions.Local.Tests;

public sealed class WaitingRoomTests
{
    [Fact]
    public async Task Issue_EmptyRoom_AdmitsAtOnce()
    {
        await using var app = await LocalApp.StartAsync();
        var joined = (await app.SendAsync("POST", "/api/queue/issue", new { userId = "미나" })).ShouldBe(201);
        joined.Text("status").ShouldBe("ACTIVE");
        joined.Text("expiresAt").ShouldBe("2030-01-01T00:10:00+00:00");
        joined.Has("position").ShouldBeFalse();
        joined.Text("token").Split('.').Length.ShouldBe(2);
    }

    [Fact]
    public async Task Issue_Twice_IsAlreadyQueuedButAnotherRoomIsFree()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" })).ShouldBe(201);
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" })).ShouldFail(409, "already-queued");
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina", concertId = sale.ConcertId })).ShouldBe(201);
    }

    [Fact]
    public async Task Issue_SameIdempotencyKey_GivesTheSameToken()
    {
        await using var app = await LocalApp.StartAsync();
        var first = await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" }, ("Idempotency-Key", "k"));
        app.Time.Advance(TimeSpan.FromSeconds(5));
        var second = await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" }, ("Idempotency-Key", "k"));
        second.ShouldBe(201).Text("token").ShouldBe(first.Text("token"));
    }

    [Fact]
    public async Task Issue_UnknownConcert_Is404()
    {
        await using var app = await LocalApp.StartAsync();
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina", concertId = "cnothere1" })).ShouldFail(404, "not-yours");
    }

    [Fact]
    public async Task FullRoom_TheRestWaitInOrderAndMayNotBook()
    {
        await using var app = await LocalApp.StartAsync("--WaitingRoom:MaxActive=1");
        var sale = await Sale.OpenAsync(app);
        var first = await sale.BuyerAsync("first");
        var waiting = new List<Buyer>();
        foreach (var (user, place) in new[] { ("second", 1), ("third", 2), ("fourth", 3) })
        {
            var joined = (await app.SendAsync("POST", "/api/queue/issue", new { userId = user, concertId = sale.ConcertId })).ShouldBe(201);
            joined.Text("status").ShouldBe("WAITING");
            joined.Number("position").ShouldBe(place);
            joined.Has("estimatedWaitSeconds").ShouldBeTrue();
            joined.Has("expiresAt").ShouldBeFalse();
            joined.Headers.RetryAfter!.Delta.ShouldNotBeNull();
            waiting.Add(new Buyer(app, user, joined.Text("token")));
        }

        foreach (var call in new Func<Buyer, Task<Reply>>[]
        {
            b => b.GetAsync("/api/concert/available-dates?concertId=" + sale.ConcertId),
            b => b.GetAsync("/api/concert/available-seats?concertScheduleId=" + sale.ScheduleId),
            b => b.SendAsync("POST", "/api/reservation", new { seatId = sale.A[0] }),
            b => b.SendAsync("POST", "/api/payment", new { seatId = sale.A[0] }),
        })
        {
            (await call(waiting[0])).ShouldFail(403, "not-admitted").Headers.RetryAfter!.Delta.ShouldNotBeNull();
        }

        (await waiting[0].GetAsync("/api/reservation")).ShouldBe(200);
        (await first.SendAsync("DELETE", "/api/queue")).ShouldBe(204);
        (await app.UntilAsync(() => waiting[0].GetAsync("/api/queue/check"), r => r.Text("status") == "ACTIVE")).Has("expiresAt").ShouldBeTrue();
        (await waiting[1].GetAsync("/api/queue/check")).Number("position").ShouldBe(1);
        (await waiting[2].GetAsync("/api/queue/check")).Number("position").ShouldBe(2);
        (await first.GetAsync("/api/queue/check")).Text("status").ShouldBe("ENDED");
        (await first.SendAsync("POST", "/api/reservation", new { seatId = sale.A[0] })).ShouldFail(401, "token-expired");
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "first", concertId = sale.ConcertId })).Number("position").ShouldBe(3);
    }

    [Fact]
    public async Task Admission_IsLimitedPerInterval()
    {
        await using var app = await LocalApp.StartAsync("--WaitingRoom:AdmitPerInterval=2");
        var tokens = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            tokens.Add((await app.SendAsync("POST", "/api/queue/issue", new { userId = $"u{i}" })).Text("token"));
        }

        async Task<int> ActiveAsync()
        {
            var active = 0;
            foreach (var token in tokens)
            {
                active += (await app.SendAsync("GET", "/api/queue/check", null, ("queue-token", token))).Text("status") == "ACTIVE" ? 1 : 0;
            }

            return active;
        }

        (await ActiveAsync()).ShouldBe(2);
        await app.PassAsync(TimeSpan.FromSeconds(8));
        (await ActiveAsync()).ShouldBe(2);
        await app.PassAsync(TimeSpan.FromSeconds(3));
        await app.UntilAsync(
            () => app.SendAsync("GET", "/api/queue/check", null, ("queue-token", tokens[3])), r => r.Text("status") == "ACTIVE");
        (await ActiveAsync()).ShouldBe(4);
    }

    [Fact]
    public async Task ActiveToken_EndsAfterItsTimeButStillTellsWhoItIs()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var id = await mina.HoldAsync(sale.A[0]);
        app.Time.Advance(TimeSpan.FromMinutes(10));
        (await mina.GetAsync("/api/queue/check")).Text("status").ShouldBe("ENDED");
        (await mina.SendAsync("POST", "/api/reservation", new { seatId = sale.A[1] })).ShouldFail(401, "token-expired");
        (await mina.GetAsync("/api/reservation/" + id)).ShouldBe(200);
        app.Time.Advance(TimeSpan.FromHours(24));
        (await mina.GetAsync("/api/reservation/" + id)).ShouldFail(401, "token-expired");
        (await mina.GetAsync("/api/queue/check")).ShouldFail(401, "token-expired");
    }

    [Fact]
    public async Task SilentWaiter_GivesUpTheirPlace()
    {
        await using var app = await LocalApp.StartAsync("--WaitingRoom:MaxActive=1");
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "active" })).ShouldBe(201);
        var silent = (await app.SendAsync("POST", "/api/queue/issue", new { userId = "silent" })).Text("token");
        var keen = (await app.SendAsync("POST", "/api/queue/issue", new { userId = "keen" })).Text("token");
        for (var i = 0; i < 3; i++)
        {
            await app.PassAsync(TimeSpan.FromSeconds(21));
            await app.SendAsync("GET", "/api/queue/check", null, ("queue-token", keen));
        }

        (await app.UntilAsync(() => app.SendAsync("GET", "/api/queue/check", null, ("queue-token", keen)), r => r.Number("position") == 1)).ShouldBe(200);
        (await app.SendAsync("GET", "/api/queue/check", null, ("queue-token", silent))).Text("status").ShouldBe("ENDED");
    }

    [Fact]
    public async Task Token_ChangedOrForeign_IsBad()
    {
        await using var app = await LocalApp.StartAsync();
        await using var other = await LocalApp.StartAsync();
        var token = (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" })).Text("token");
        var foreign = (await other.SendAsync("POST", "/api/queue/issue", new { userId = "mina" })).Text("token");
        var parts = token.Split('.');
        var payload = Encoding.UTF8.GetString(Convert.FromBase64String(parts[0].Replace('-', '+').Replace('_', '/').PadRight((parts[0].Length + 3) / 4 * 4, '=')));
        var forged = Convert.ToBase64String(Encoding.UTF8.GetBytes(payload.Replace("mina", "jun2"))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        string[] bad = [foreign, forged + "." + parts[1], parts[0] + "." + parts[1][..^2] + "AA", parts[0], "x", parts[0] + "." + parts[1] + ".x"];
        foreach (var wrong in bad)
        {
            (await app.SendAsync("GET", "/api/queue/check", null, ("queue-token", wrong))).ShouldFail(401, "bad-token");
            (await app.SendAsync("GET", "/api/reservation", null, ("queue-token", wrong))).ShouldFail(401, "bad-token");
        }
    }

    [Fact]
    public async Task Token_OfAnotherConcertsRoom_DoesNotAdmitButTheGeneralOneDoes()
    {
        await using var app = await LocalApp.StartAsync();
        var here = await Sale.OpenAsync(app);
        var there = await Sale.OpenAsync(app);
        var mina = await there.BuyerAsync("mina");
        (await mina.SendAsync("POST", "/api/reservation", new { seatId = here.A[0] })).ShouldFail(403, "not-admitted");
        var general = (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" })).Text("token");
        (await app.SendAsync("POST", "/api/reservation", new { seatId = here.A[0] }, ("queue-token", general))).ShouldBe(202);
    }
}
