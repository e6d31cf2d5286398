using System.Text;

namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "Q1"), Trait("Rule", "R-ADMITTED"), Trait("Rule", "R-MINE"), Trait("Rule", "R-LIMITS")]
[Trait("Rule", "R-FIFO"), Trait("Rule", "R-ACTIVE"), Trait("Rule", "R-SILENT"), Trait("Rule", "R-SCOPE")]
[Trait("Rule", "R-DRAW"), Trait("Rule", "R-ONETOKEN"), Trait("Rule", "R-TOKEN")]
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
    public async Task Issue_Twice_IsAlreadyQueuedForWhateverConcert()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" })).ShouldBe(201);
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" })).ShouldFail(409, "already-queued");
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina", concertId = sale.ConcertId })).ShouldFail(409, "already-queued");
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
    public async Task Issue_OneLineForTheService_TheConcertChangesNothing()
    {
        await using var app = await LocalApp.StartAsync();
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina", concertId = "cnothere1" })).ShouldBe(201);
    }

    [Fact]
    public async Task Issue_LinePerConcertAndUnknownConcert_Is404()
    {
        await using var app = await LocalApp.StartAsync("--WaitingRoom:Scope=Concert");
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
        await using var app = await LocalApp.StartAsync("--WaitingRoom:KnownFor=01:00:00");
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var id = await mina.HoldAsync(sale.A[0]);
        app.Time.Advance(TimeSpan.FromMinutes(10));
        (await mina.GetAsync("/api/queue/check")).Text("status").ShouldBe("ENDED");
        (await mina.SendAsync("POST", "/api/reservation", new { seatId = sale.A[1] })).ShouldFail(401, "token-expired");
        (await mina.GetAsync("/api/reservation/" + id)).ShouldBe(200);
        app.Time.Advance(TimeSpan.FromHours(1));
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
    public async Task OneLine_FullForOneConcert_IsFullForAll()
    {
        await using var app = await LocalApp.StartAsync("--WaitingRoom:MaxActive=1");
        var (here, there) = (await Sale.OpenAsync(app), await Sale.OpenAsync(app));
        var mina = await here.BuyerAsync("mina");
        (await mina.SendAsync("POST", "/api/reservation", new { seatId = there.A[0] })).ShouldBe(202);

        foreach (var body in new object[] { new { userId = "jun", concertId = there.ConcertId }, new { userId = "ara" } })
        {
            var token = (await app.SendAsync("POST", "/api/queue/issue", body)).ShouldBe(201).Text("token");
            (await app.SendAsync("POST", "/api/reservation", new { seatId = here.A[1] }, ("queue-token", token))).ShouldFail(403, "not-admitted");
        }
    }

    [Fact]
    public async Task LinePerConcert_ConcertIsNeededAndKnown()
    {
        await using var app = await LocalApp.StartAsync("--WaitingRoom:Scope=Concert");
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" })).ShouldFail(400, "invalid-request");
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina", concertId = "cnothere1" })).ShouldFail(404, "not-yours");
        var (here, there) = (await Sale.OpenAsync(app), await Sale.OpenAsync(app));
        await here.BuyerAsync("mina");
        await there.BuyerAsync("mina");
    }

    [Fact]
    public async Task LinePerConcert_TokenAdmitsToItsOwnConcertOnly()
    {
        await using var app = await LocalApp.StartAsync("--WaitingRoom:Scope=Concert", "--WaitingRoom:MaxActive=1");
        var (here, there) = (await Sale.OpenAsync(app), await Sale.OpenAsync(app));
        var jun = await here.BuyerAsync("jun", 10_000);
        var reservation = await jun.HoldAsync(here.A[1]);
        var mina = await there.BuyerAsync("mina");
        foreach (var call in new Func<Task<Reply>>[]
        {
            () => mina.GetAsync("/api/concert/available-dates?concertId=" + here.ConcertId),
            () => mina.GetAsync("/api/concert/available-seats?concertScheduleId=" + here.ScheduleId),
            () => mina.SendAsync("POST", "/api/reservation", new { seatId = here.A[0] }),
            () => mina.SendAsync("POST", "/api/reservation", new { seatIds = new[] { here.A[0], there.A[0] } }),
            () => mina.SendAsync("POST", "/api/reservation", new { inventoryId = here.InventoryId, quantity = 1 }),
            () => mina.SendAsync("POST", "/api/payment", new { seatId = here.A[1] }),
            () => mina.SendAsync("POST", "/api/payment", new { reservationId = reservation }),
        })
        {
            (await call()).ShouldFail(403, "not-admitted").Headers.RetryAfter!.Delta.ShouldNotBeNull();
        }

        // A seat of its own concert first does not let the others in either.
        (await mina.SendAsync("POST", "/api/reservation", new { seatIds = new[] { there.A[0], here.A[0] } })).ShouldFail(400, "invalid-request");
        (await mina.SendAsync("POST", "/api/reservation", new { seatId = there.A[0], inventoryId = here.InventoryId, quantity = 1 })).ShouldFail(400, "invalid-request");
        (await mina.SendAsync("POST", "/api/payment", new { seatId = there.A[0], reservationId = reservation })).ShouldFail(400, "invalid-request");
        (await here.ReportAsync()).Number("reservedSeats").ShouldBe(1);
        (await there.ReportAsync()).Number("reservedSeats").ShouldBe(0);
        (await mina.SendAsync("POST", "/api/reservation", new { seatId = there.A[0] })).ShouldBe(202);
    }

    [Theory]
    [InlineData("Service")]
    [InlineData("Concert")]
    public async Task BeforeTheOpening_TokensAreEarlyAndGetTheirPlacesAtIt(string scope)
    {
        await using var app = await LocalApp.StartAsync("--WaitingRoom:MaxActive=1", $"--WaitingRoom:Scope={scope}");
        var sale = await Sale.OpenAsync(app, bookingIn: TimeSpan.FromMinutes(30));
        var early = new List<Buyer>();
        foreach (var user in new[] { "a", "b", "c" })
        {
            var joined = (await app.SendAsync("POST", "/api/queue/issue", new { userId = user, concertId = sale.ConcertId })).ShouldBe(201);
            joined.Text("status").ShouldBe("EARLY");
            joined.Has("position").ShouldBeFalse();
            joined.Has("expiresAt").ShouldBeFalse();
            joined.Number("estimatedWaitSeconds").ShouldBe(1800);
            joined.Text("opensAt").ShouldBe("2030-01-01T00:30:00+00:00");
            joined.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(30));
            early.Add(new Buyer(app, user, joined.Text("token")));
        }

        (await early[0].GetAsync("/api/concert/available-seats?concertScheduleId=" + sale.ScheduleId)).ShouldFail(403, "not-admitted").Headers.RetryAfter!.Delta.ShouldNotBeNull();
        (await early[0].SendAsync("POST", "/api/reservation", new { seatId = sale.A[0] })).ShouldFail(403, "not-admitted");
        (await early[0].GetAsync("/api/reservation")).ShouldBe(200);
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "a", concertId = sale.ConcertId })).ShouldFail(409, "already-queued");

        // Nobody polls for half an hour, and nobody loses anything by it.
        await app.PassAsync(TimeSpan.FromMinutes(29));
        (await early[0].GetAsync("/api/queue/check")).Text("status").ShouldBe("EARLY");
        await app.PassAsync(TimeSpan.FromMinutes(1));
        var late = (await app.SendAsync("POST", "/api/queue/issue", new { userId = "late", concertId = sale.ConcertId })).ShouldBe(201);
        late.Text("status").ShouldBe("WAITING");
        await app.UntilAsync(() => app.SendAsync("GET", "/api/queue/check", null, ("queue-token", late.Text("token"))), r => r.Number("position") == 3);
        var states = new List<Reply>();
        foreach (var buyer in early)
        {
            states.Add((await buyer.GetAsync("/api/queue/check")).ShouldBe(200));
        }

        states.Count(s => s.Text("status") == "ACTIVE").ShouldBe(1);
        states.Where(s => s.Text("status") == "WAITING").Select(s => s.Number("position")).Order().ShouldBe([1, 2]);
        var active = early[states.FindIndex(s => s.Text("status") == "ACTIVE")];
        (await active.SendAsync("POST", "/api/reservation", new { seatId = sale.A[0] })).ShouldBe(202);
    }

    [Fact]
    public async Task LostToken_OfAUserOfThePlatform_ComesBack()
    {
        await using var app = await LocalApp.StartAsync("--Identity:Mode=Platform");
        (string, string) principal = ("X-MS-CLIENT-PRINCIPAL-ID", "mina");
        var first = (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" }, principal)).ShouldBe(201);

        var again = (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" }, principal)).ShouldBe(200);

        again.Text("token").ShouldBe(first.Text("token"));
        again.Text("status").ShouldBe("ACTIVE");
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" }, ("X-MS-CLIENT-PRINCIPAL-ID", "jun"))).ShouldFail(404, "not-yours");
    }
}
