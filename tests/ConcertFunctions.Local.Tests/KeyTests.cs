using Microsoft.Extensions.DependencyInjection;

namespace ConcertFunctions.Local.Tests;

/// <summary>One key, one effect, over HTTP.</summary>
[Trait("Rule", "L3")]
[Trait("Rule", "R-KEY"), Trait("Rule", "R-MISMATCH")]
public sealed class KeyTests
{
    private static readonly (string, string) Key = ("Idempotency-Key", "k");

    [Fact]
    public async Task Reserve_OneKeyAndParallelBodies_HoldsOneOfThemAndBlocksNothingElse()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(i =>
            mina.SendAsync("POST", "/api/reservation", new { seatIds = new[] { sale.A[0], sale.A[i] } }, Key)));

        var accepted = answers.Where(a => a.Status == 202).ShouldHaveSingleItem();
        answers.Where(a => a != accepted).ShouldAllBe(a => a.Status == 422);
        (await mina.DecidedAsync("/api/reservation/" + accepted.Text("id"))).Text("status").ShouldBe("HELD");
        (await sale.ReportAsync()).Number("held").ShouldBe(2);

        var jun = await sale.BuyerAsync("jun");
        var taken = accepted.Data["seats"]!.AsArray().Select(s => s!["id"]!.GetValue<string>()).ToList();
        foreach (var seat in sale.A.Take(7).Except(taken))
        {
            await jun.HoldAsync(seat);
        }
    }

    [Fact]
    public async Task Cancel_TwoReservationsUnderOneKey_SecondIsAMismatchInBothForms()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var one = await mina.HoldAsync(sale.A[0]);
        var two = await mina.HoldAsync(sale.A[1]);

        (await mina.SendAsync("POST", $"/api/reservation/{one}/cancel", null, Key)).ShouldBe(202);
        (await mina.SendAsync("POST", $"/api/reservation/{two}/cancel", null, Key)).ShouldFail(422, "idempotency-mismatch");
        (await mina.SendAsync("DELETE", $"/api/reservation/{two}", null, Key)).ShouldFail(422, "idempotency-mismatch");
        (await mina.SendAsync("DELETE", $"/api/reservation/{one}", null, Key)).ShouldBe(202);
        (await mina.GetAsync("/api/reservation/" + two)).Text("status").ShouldBe("HELD");
    }

    [Fact]
    public async Task Issue_RepeatedAfterLeaving_IsTheEndedToken()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var body = new { userId = "mina", concertId = sale.ConcertId };
        var token = (await app.SendAsync("POST", "/api/queue/issue", body, Key)).ShouldBe(201).Text("token");
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" }, Key)).ShouldFail(422, "idempotency-mismatch");
        (await app.SendAsync("DELETE", "/api/queue", null, ("queue-token", token), Key)).ShouldBe(204);

        var repeat = (await app.SendAsync("POST", "/api/queue/issue", body, Key)).ShouldBe(201);

        repeat.Text("token").ShouldBe(token);
        repeat.Text("status").ShouldBe("ENDED");
        (await app.SendAsync("POST", "/api/queue/issue", body, ("Idempotency-Key", "another"))).ShouldBe(201).Text("status").ShouldBe("ACTIVE");
    }

    [Fact]
    public async Task Schedule_OneKeyForTwoConcertsOrAShowThatIsOver_IsRefused()
    {
        await using var app = await LocalApp.StartAsync();
        var one = (await app.AdminAsync("POST", "/api/admin/concert", new { name = "one" })).Text("id");
        var two = (await app.AdminAsync("POST", "/api/admin/concert", new { name = "two" })).Text("id");
        var start = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();

        (await app.AdminAsync("POST", "/api/admin/schedule", Sale.Body(one, start, start.AddDays(9)), Key)).ShouldBe(201);
        (await app.AdminAsync("POST", "/api/admin/schedule", Sale.Body(two, start, start.AddDays(9)), Key)).ShouldFail(422, "idempotency-mismatch");
        (await app.AdminAsync("POST", "/api/admin/schedule", Sale.Body(two, start.AddDays(-2), start.AddDays(-1)))).ShouldFail(400, "invalid-request");
    }
}
