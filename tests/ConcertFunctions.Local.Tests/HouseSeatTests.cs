namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "R-BLOCK")]
public sealed class HouseSeatTests
{
    [Fact]
    public async Task Block_SeatsAndPlaces_AreNotOnSaleUntilTheyAreUnblocked()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var seats = new { seatIds = new[] { sale.A[0], sale.A[1] } };

        (await StaffAsync(app, sale, "block", seats)).ShouldBe(200).Data["seatIds"]!.AsArray().Count.ShouldBe(2);
        (await StaffAsync(app, sale, "block", new { inventoryId = sale.InventoryId, quantity = 4 })).ShouldBe(200).Number("quantity").ShouldBe(4);

        var path = "/api/concert/available-seats?concertScheduleId=" + sale.ScheduleId;
        (await mina.GetAsync(path)).Data["seats"]!.AsArray().Select(s => s!["id"]!.GetValue<string>()).ShouldNotContain(sale.A[0]);
        (await mina.GetAsync(path + "&include=all")).Data["seats"]![0]!["status"]!.GetValue<string>().ShouldBe("BLOCKED");
        (await mina.ReserveAsync(seats)).Text("reason").ShouldBe("seat-taken");
        (await mina.ReserveAsync(new { inventoryId = sale.InventoryId, quantity = 2 })).Text("reason").ShouldBe("sold-out");
        var report = await sale.ReportAsync();
        (report.Number("blocked"), report.Number("available"), report.Number("reservedSeats")).ShouldBe((6, 12, 0));

        (await StaffAsync(app, sale, "unblock", seats)).ShouldBe(200);
        (await StaffAsync(app, sale, "unblock", new { inventoryId = sale.InventoryId, quantity = 4 })).ShouldBe(200);
        await mina.HoldAsync(sale.A[0], sale.A[1]);
        (await mina.ReserveAsync(new { inventoryId = sale.InventoryId, quantity = 2 })).Text("status").ShouldBe("HELD");
    }

    [Fact]
    public async Task Block_WhatIsTaken_IsRefused()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        await mina.HoldAsync(sale.A[0]);

        (await StaffAsync(app, sale, "block", new { seatIds = new[] { sale.A[0] } })).ShouldFail(409, "seat-taken");
        (await StaffAsync(app, sale, "unblock", new { seatIds = new[] { sale.A[1] } })).ShouldFail(409, "seat-taken");
        (await StaffAsync(app, sale, "block", new { inventoryId = sale.InventoryId, quantity = 6 })).ShouldFail(409, "sold-out");
        (await StaffAsync(app, sale, "block", new { seatIds = Array.Empty<string>() })).ShouldFail(400, "invalid-request");
        (await StaffAsync(app, sale, "block", new { })).ShouldFail(400, "invalid-request");
        (await StaffAsync(app, sale, "block", new { seatIds = new[] { sale.ScheduleId + "-9-1" } })).ShouldFail(404, "not-yours");
        (await mina.SendAsync("POST", $"/api/admin/schedule/{sale.ScheduleId}/block", new { seatIds = new[] { sale.A[1] } })).ShouldFail(401, "no-token");
    }

    [Fact]
    public async Task Places_ForStaff_AreTheBuyersMapWithoutALine()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        await mina.HoldAsync(sale.A[1]);
        (await StaffAsync(app, sale, "block", new { seatIds = new[] { sale.A[0] } })).ShouldBe(200);

        var path = $"/api/admin/schedule/{sale.ScheduleId}/seats";
        var seen = (await app.AdminAsync("GET", path + "?include=all")).ShouldBe(200);
        seen.Body.ShouldBe((await mina.GetAsync($"/api/concert/available-seats?concertScheduleId={sale.ScheduleId}&include=all")).Body);
        seen.Data["seats"]!.AsArray().Take(2).Select(s => s!["status"]!.GetValue<string>()).ShouldBe(["BLOCKED", "HELD"]);
        (await app.AdminAsync("GET", path + "?include=all", null, ("If-None-Match", seen.Headers.ETag!.Tag))).ShouldBe(304);
        (await app.AdminAsync("GET", path + "?include=sections")).Data["overview"]!["sections"]!.AsArray().ShouldNotBeEmpty();
        (await app.AdminAsync("GET", path + "?include=sections&section=A")).ShouldFail(400, "invalid-request");
        (await app.AdminAsync("GET", path + "?section=nowhere")).ShouldFail(404, "not-yours");
        (await app.AdminAsync("GET", $"/api/admin/schedule/{sale.ConcertId}-none/seats")).ShouldFail(404, "not-yours");
        (await mina.GetAsync(path)).ShouldFail(401, "no-token");
    }

    private static Task<Reply> StaffAsync(LocalApp app, Sale sale, string what, object body) =>
        app.AdminAsync("POST", $"/api/admin/schedule/{sale.ScheduleId}/{what}", body);
}
