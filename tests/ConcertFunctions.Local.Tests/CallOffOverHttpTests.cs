namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "R-CALLOFF")]
public sealed class CallOffOverHttpTests
{
    private const string Reason = "출연자 건강 문제";

    private static Task<Reply> CallOffAsync(LocalApp app, Sale sale, object? body = null, string? key = null) => key is null
        ? app.AdminAsync("POST", $"/api/admin/schedule/{sale.ScheduleId}/call-off", body ?? new { reason = Reason })
        : app.AdminAsync("POST", $"/api/admin/schedule/{sale.ScheduleId}/call-off", body ?? new { reason = Reason }, ("Idempotency-Key", key));

    [Fact]
    public async Task CallOff_SaleInFullSwing_GivesEverybodyEverythingBackAndSaysHowFarItIs()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app, opensIn: TimeSpan.FromHours(3));
        var (mina, jun, sol) = (await sale.BuyerAsync("mina", 5_000), await sale.BuyerAsync("jun", 5_000), await sale.BuyerAsync("sol", 5_000));
        var paid = await mina.BuyAsync(sale.A[0]);
        (await mina.SendAsync("POST", $"/api/reservation/{paid}/cancel")).ShouldFail(409, "cancel-window-closed");
        var code = (await mina.GetAsync($"/api/reservation/{paid}/ticket")).Text("code");
        (await app.AdminAsync("POST", "/api/admin/check-in", new { code })).ShouldBe(200);
        var held = await jun.HoldAsync(sale.B[0], sale.B[1]);
        var standing = (await sol.ReserveAsync(new { inventoryId = sale.InventoryId, quantity = 2 })).Text("id");
        (await sol.PayAsync(new { reservationId = standing })).Text("status").ShouldBe("COMPLETED");
        var ticket = (await sol.GetAsync($"/api/reservation/{standing}/ticket")).Text("code");

        var first = (await CallOffAsync(app, sale, key: "key")).ShouldBe(202);
        first.Headers.Location!.ToString().ShouldBe($"/api/admin/schedule/{sale.ScheduleId}/report");
        (first.Text("concertScheduleId"), first.Text("reason")).ShouldBe((sale.ScheduleId, Reason));
        (await CallOffAsync(app, sale, key: "key")).ShouldBe(202).Json.ToJsonString().ShouldBe(first.Json.ToJsonString());
        (await CallOffAsync(app, sale, new { reason = "Another" })).ShouldBe(202).Json.ToJsonString().ShouldBe(first.Json.ToJsonString());
        (await CallOffAsync(app, sale, new { reason = "Another" }, "key")).ShouldFail(422, "idempotency-mismatch");

        var late = await sale.BuyerAsync("late", 5_000);
        (await late.ReserveAsync(new { seatId = sale.A[5] })).ShouldFail(409, "booking-closed");
        (await late.ReserveAsync(new { concertScheduleId = sale.ScheduleId, section = "A", count = 2 })).ShouldFail(409, "booking-closed");
        (await jun.PayAsync(new { reservationId = held })).ShouldFail(409, "booking-closed");
        (await app.AdminAsync("POST", "/api/admin/check-in", new { code = ticket })).ShouldFail(409, "not-valid");
        (await sol.GetAsync($"/api/reservation/{standing}/ticket")).ShouldFail(409, "not-valid");
        (await app.AdminAsync("PATCH", $"/api/admin/schedule/{sale.ScheduleId}", new { salesPaused = false })).ShouldFail(409, "booking-closed");
        (await app.AdminAsync("POST", $"/api/admin/schedule/{sale.ScheduleId}/block", new { seatIds = new[] { sale.A[4] } })).ShouldFail(409, "booking-closed");
        (await app.SendAsync("GET", "/api/concert")).Data.AsArray().ShouldBeEmpty();
        (await late.GetAsync("/api/concert/available-seats?concertScheduleId=" + sale.ScheduleId)).Data["seats"]!.AsArray().ShouldBeEmpty();
        (await late.GetAsync("/api/concert/available-dates?concertId=" + sale.ConcertId)).Data[0]!["calledOff"]!["reason"]!.GetValue<string>().ShouldBe(Reason);
        var started = (await sale.ReportAsync()).Data["callOff"]!;
        (started["total"]!.GetValue<int>(), started["left"]!.GetValue<int>()).ShouldBe((3, 3));

        await app.PassAsync(TimeSpan.FromSeconds(30));
        await app.UntilAsync(sale.ReportAsync, r => r.Data["callOff"]!["left"]!.GetValue<int>() == 0);
        await app.PassAsync(TimeSpan.FromSeconds(30));
        var report = await app.UntilAsync(sale.ReportAsync, r => r.Data["callOff"]!.AsObject().ContainsKey("finishedAt"));

        var progress = report.Data["callOff"]!;
        new[] { "total", "ended", "refunded", "refundedAmount", "left" }.Select(n => progress[n]!.GetValue<int>()).ShouldBe([3, 1, 2, 2_000, 0]);
        (report.Number("paid"), report.Number("refunded"), report.Number("reservedSeats")).ShouldBe((2_000, 2_000, 0));
        foreach (var (buyer, id) in new[] { (mina, paid), (jun, held), (sol, standing) })
        {
            var ended = await buyer.GetAsync("/api/reservation/" + id);
            (ended.Text("status"), ended.Text("reason")).ShouldBe(("CANCELLED", "called-off"));
            (await buyer.BalanceAsync()).ShouldBe(5_000);
        }

        (await CallOffAsync(app, sale, key: "key")).ShouldBe(202).Json.ToJsonString().ShouldBe(first.Json.ToJsonString());
    }

    [Fact]
    public async Task CallOff_WithoutWhatItNeeds_IsRefusedAndSellsOn()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);

        (await CallOffAsync(app, sale, new { })).ShouldFail(400, "invalid-request");
        (await CallOffAsync(app, sale, new { reason = " " })).ShouldFail(400, "invalid-request");
        (await CallOffAsync(app, sale, new { reason = 5 })).ShouldFail(400, "invalid-request");
        (await app.AdminAsync("POST", $"/api/admin/schedule/{sale.ConcertId}-none/call-off", new { reason = Reason })).ShouldFail(404, "not-yours");
        (await app.SendAsync("POST", $"/api/admin/schedule/{sale.ScheduleId}/call-off", new { reason = Reason })).ShouldFail(401, "no-token");

        await (await sale.BuyerAsync("mina")).HoldAsync(sale.A[0]);
        (await sale.ReportAsync()).Has("callOff").ShouldBeFalse();
    }
}
