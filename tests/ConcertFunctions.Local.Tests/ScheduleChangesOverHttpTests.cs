namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "R-CHANGE"), Trait("Rule", "R-PAUSE")]
public sealed class ScheduleChangesOverHttpTests
{
    [Fact]
    public async Task Change_PricesPlacesAndLimit_AreSoldAtOnce()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 10_000);
        var held = await mina.HoldAsync(sale.A[0]);

        var changed = (await ChangeAsync(app, sale, """
            {"maxPerUser":3,"sections":[{"name":"A","price":700,"seats":[{"number":"10A","price":800}]}],"inventories":[{"name":"Standing","quantity":7,"price":50}]}
            """)).ShouldBe(200);

        var ids = changed.Data["sections"]![0]!["seatIds"]!.AsArray().Select(id => id!.GetValue<string>()).ToList();
        ids.Count.ShouldBe(11);
        ids.Take(10).ShouldBe(sale.A);
        changed.Number("maxPerUser").ShouldBe(3);
        (await mina.GetAsync("/api/reservation/" + held)).Number("totalAmount").ShouldBe(1_000);
        (await mina.ReserveAsync(new { seatIds = new[] { sale.A[1], ids[10] } })).Number("totalAmount").ShouldBe(1_500);
        (await mina.ReserveAsync(new { inventoryId = sale.InventoryId, quantity = 1 })).Text("reason").ShouldBe("limit-reached");
        var jun = await sale.BuyerAsync("jun");
        (await jun.ReserveAsync(new { inventoryId = sale.InventoryId, quantity = 3 })).Number("totalAmount").ShouldBe(150);
        (await mina.PayAsync(new { reservationId = held })).Text("status").ShouldBe("COMPLETED");
        var report = await sale.ReportAsync();
        report.Number("totalSeats").ShouldBe(21);
        report.Number("available").ShouldBe(21 - 6);
    }

    [Fact]
    public async Task Pause_RefusesHoldsAndLetsHoldsBePaid()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 10_000);
        var held = await mina.HoldAsync(sale.A[0]);

        (await ChangeAsync(app, sale, """{"salesPaused":true}""")).Data["salesPaused"]!.GetValue<bool>().ShouldBeTrue();

        (await mina.ReserveAsync(new { seatIds = new[] { sale.A[1] } })).ShouldFail(409, "booking-closed");
        (await mina.PayAsync(new { reservationId = held })).Text("status").ShouldBe("COMPLETED");
        (await ChangeAsync(app, sale, """{"salesPaused":false}""")).ShouldBe(200);
        var jun = await sale.BuyerAsync("jun");
        await jun.HoldAsync(sale.A[1]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"maxPerUser":0}""")]
    [InlineData("""{"bookingEndAt":"2020-01-01T00:00:00Z"}""")]
    [InlineData("""{"sections":[{"name":"A","seats":{"from":10,"to":11,"price":1}}]}""")]
    [InlineData("""{"inventories":[{"name":"Standing","quantity":4}]}""")]
    [InlineData("""{"grades":[null]}""")]
    [InlineData("""{"sections":[null]}""")]
    [InlineData("""{"inventories":[null]}""")]
    public async Task Change_ThatIsWrong_IsInvalid(string body)
    {
        await using var app = await LocalApp.StartAsync();
        (await ChangeAsync(app, await Sale.OpenAsync(app), body)).ShouldFail(400, "invalid-request");
    }

    [Fact]
    public async Task Change_UnknownScheduleOrForeigner_IsRefused()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        (await app.AdminAsync("PATCH", $"/api/admin/schedule/{sale.ConcertId}-zzzz", """{"maxPerUser":3}""")).ShouldFail(404, "not-yours");
        (await app.SendAsync("PATCH", $"/api/admin/schedule/{sale.ScheduleId}", """{"maxPerUser":3}""")).ShouldFail(401, "no-token");
    }

    [Fact]
    public async Task Change_SameKey_ChangesOnce()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        const string More = """{"sections":[{"name":"A","seats":{"from":11,"to":12,"price":1}}]}""";

        (await ChangeAsync(app, sale, More, ("Idempotency-Key", "k"))).ShouldBe(200);
        (await ChangeAsync(app, sale, More, ("Idempotency-Key", "k"))).ShouldBe(200);
        (await ChangeAsync(app, sale, More)).ShouldFail(400, "invalid-request");
        (await ChangeAsync(app, sale, """{"maxPerUser":3}""", ("Idempotency-Key", "k"))).ShouldFail(422, "idempotency-mismatch");
    }

    private static Task<Reply> ChangeAsync(LocalApp app, Sale sale, string body, params (string Name, string Value)[] headers) =>
        app.AdminAsync("PATCH", $"/api/admin/schedule/{sale.ScheduleId}", body, headers);
}
