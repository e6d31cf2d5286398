using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace ConcertFunctions.Local.Tests;

/// <summary>What the staff's view asks.</summary>
[Trait("Rule", "R-LIVE"), Trait("Rule", "R-BOOKS"), Trait("Rule", "R-AGAIN")]
public sealed class OperationsOverHttpTests
{
    [Fact]
    public async Task Live_OfASale_ShowsItAsItStands()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var (mina, jun) = (await sale.BuyerAsync("mina", 5_000), await sale.BuyerAsync("jun"));
        await mina.BuyAsync(sale.A[0], sale.A[1]);
        await jun.HoldAsync(sale.B[0]);
        (await app.AdminAsync("POST", $"/api/admin/schedule/{sale.ScheduleId}/block", new { seatIds = new[] { sale.A[9] } })).ShouldBe(200);
        var path = $"/api/admin/schedule/{sale.ScheduleId}/live";

        var live = await app.UntilAsync(() => app.AdminAsync("GET", path), r => r.Data["queue"]!["depth"]!.GetValue<long>() == 0);

        live.Data["places"]!.ToJsonString().ShouldBe("""{"total":18,"available":14,"held":1,"sold":2,"blocked":1}""");
        live.Data["sections"]!.ToJsonString().ShouldBe(
            """[{"name":"A","kind":"SEATS","total":10,"available":7,"held":0,"sold":2,"blocked":1},{"name":"B","kind":"SEATS","total":3,"available":2,"held":1,"sold":0,"blocked":0},"""
            + """{"name":"Standing","kind":"STANDING","total":5,"available":5,"held":0,"sold":0,"blocked":0}]""");
        live.Data["line"]!.ToJsonString().ShouldBe("""{"early":0,"waiting":0,"active":1,"maxActive":100}""", "who paid has left the line");
        live.Data["webhooks"]!.ToJsonString().ShouldBe("""{"pending":0,"failed":0}""");
        (live.Number("deadLetters"), live.Data["salesPaused"]!.GetValue<bool>(), live.Has("callOff")).ShouldBe((0, false, false));
        var commands = live.Data["commands"]!;
        commands["decided"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(3);
        commands["outcomes"]!.AsArray().ShouldContain(o => o!["command"]!.GetValue<string>() == "pay" && o["outcome"]!.GetValue<string>() == "COMPLETED");

        (await app.AdminAsync("GET", path)).Json.ToJsonString().ShouldBe(live.Json.ToJsonString(), "kept for a second");
        app.Time.Advance(TimeSpan.FromSeconds(1));
        (await app.AdminAsync("GET", path)).Text("at").ShouldNotBe(live.Text("at"));
        (await app.AdminAsync("GET", $"/api/admin/schedule/{sale.ConcertId}-none/live")).ShouldFail(404, "not-yours");
        (await app.SendAsync("GET", path)).ShouldFail(401, "no-token");
    }

    [Fact]
    public async Task Schedules_All_AreListedNewestFirstForWhoHasTheKey()
    {
        await using var app = await LocalApp.StartAsync();
        var first = await Sale.OpenAsync(app);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await Sale.OpenAsync(app);

        var page = (await app.AdminAsync("GET", "/api/admin/schedule?limit=1")).ShouldBe(200);

        var newest = page.Data["items"]!.AsArray().ShouldHaveSingleItem()!;
        (newest["id"]!.GetValue<string>(), newest["concertName"]!.GetValue<string>(), newest["salesPaused"]!.GetValue<bool>()).ShouldBe((second.ScheduleId, "여름밤", false));
        var rest = (await app.AdminAsync("GET", "/api/admin/schedule?continuation=" + page.Text("continuation"))).ShouldBe(200);
        rest.Data["items"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe(first.ScheduleId);
        rest.Has("continuation").ShouldBeFalse();
        (await app.AdminAsync("GET", "/api/admin/schedule?continuation=nonsense")).ShouldFail(400, "invalid-request");
        (await app.SendAsync("GET", "/api/admin/schedule")).ShouldFail(401, "no-token");
    }

    [Fact]
    public async Task Books_OfASale_Balance()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        var bought = await mina.BuyAsync(sale.A[0], sale.A[1]);
        await mina.SendAsync("POST", $"/api/reservation/{bought}/cancel", new { seatIds = new[] { sale.A[0] } });
        await app.UntilAsync(() => mina.GetAsync("/api/reservation/" + bought), r => r.Data["seats"]!.AsArray().Count == 1);

        var books = (await app.AdminAsync("GET", "/api/admin/books")).ShouldBe(200);

        books.Text("state").ShouldBe("BALANCED");
        new[] { "charged", "balances", "paid", "refunded", "difference" }.Select(books.Number).ShouldBe([5_000, 4_000, 2_000, 1_000, 0]);
        books.Data["inFlight"]!.ToJsonString().ShouldBe("""{"paid":0,"refunded":0}""");
        (await app.SendAsync("GET", "/api/admin/books")).ShouldFail(401, "no-token");
    }

    [Fact]
    public async Task DeadLetters_NotedCancellation_IsSentAgainAndARefusedReserveNever()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        var bought = await mina.BuyAsync(sale.A[0]);
        var path = $"/api/admin/schedule/{sale.ScheduleId}/dead-letters";
        (await app.AdminAsync("GET", path)).Data["items"]!.AsArray().ShouldBeEmpty();
        await DieAsync(app, new CancelCommand(bought, app.Time.GetUtcNow(), "mina", "buyer", "request"));
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var refused = app.Services.GetRequiredService<IdGenerator>().NewReservation(new SectionRef(sale.ScheduleId, "1"), "mina", _ => 0).ToString();
        await DieAsync(app, new ReserveCommand(refused, app.Time.GetUtcNow(), "mina", [2], null));

        var letters = (await app.AdminAsync("GET", path)).Data["items"]!.AsArray();

        letters.Select(l => (l!["command"]!.GetValue<string>(), l["outcome"]!.GetValue<string>(), l["canSendAgain"]!.GetValue<bool>(), l["canRefuse"]!.GetValue<bool>()))
            .ShouldBe([("reserve", "REFUSED", false, false), ("cancel", "NOTED", true, false)]);
        var (reserve, cancel) = (letters[0]!["id"]!.GetValue<string>(), letters[1]!["id"]!.GetValue<string>());
        (await app.AdminAsync("POST", $"{path}/{reserve}/send-again")).ShouldFail(409, "not-valid");
        (await app.AdminAsync("POST", $"{path}/{reserve}/refuse")).ShouldFail(409, "not-valid");
        (await app.AdminAsync("POST", $"{path}/1.none/send-again")).ShouldFail(404, "not-yours");
        (await app.AdminAsync("POST", $"{path}/1.none/refuse")).ShouldFail(404, "not-yours");
        (await app.SendAsync("POST", $"{path}/{cancel}/send-again")).ShouldFail(401, "no-token");
        (await app.SendAsync("POST", $"{path}/{cancel}/refuse")).ShouldFail(401, "no-token");

        var sent = (await app.AdminAsync("POST", $"{path}/{cancel}/send-again", null, ("Idempotency-Key", "k1"))).ShouldBe(202);
        sent.Headers.Location!.ToString().ShouldBe(path);
        sent.Has("sentAgainAt").ShouldBeTrue();
        await mina.BecomesAsync("/api/reservation/" + bought, "CANCELLED");
        (await mina.BalanceAsync()).ShouldBe(5_000);
        var repeated = (await app.AdminAsync("POST", $"{path}/{cancel}/send-again", null, ("Idempotency-Key", "k1"))).ShouldBe(202);
        repeated.Data["canSendAgain"]!.GetValue<bool>().ShouldBeFalse();
        (await app.AdminAsync("POST", $"{path}/{reserve}/send-again", null, ("Idempotency-Key", "k1"))).ShouldFail(422, "idempotency-mismatch");
        (await app.AdminAsync("POST", $"{path}/{cancel}/send-again")).ShouldFail(409, "not-valid");
        (await mina.GetAsync("/api/reservation/" + refused)).Text("status").ShouldBe("REJECTED");
        (await app.AdminAsync("GET", $"/api/admin/schedule/{sale.ConcertId}-none/dead-letters")).ShouldFail(404, "not-yours");
        (await app.SendAsync("GET", path)).ShouldFail(401, "no-token");
    }

    /// <summary>As the queue's receiver does with a command that was delivered too often.</summary>
    private static async Task DieAsync(LocalApp app, Command command) => (await app.Services.GetRequiredService<ICommandProcessor>().DeadLetterAsync(
        new CommandMessage($"{command.Name}:{command.ReservationId}", "session", CommandJson.Write(command)), "MaxDeliveryCountExceeded", CancellationToken.None))
        .ShouldBeOfType<ProcessResult.Done>();
}
