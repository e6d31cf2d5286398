using Concert.Testing.Sales;
using Microsoft.Extensions.DependencyInjection;

namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "R-BEST")]
public sealed class BestPlacesOverHttpTests
{
    [Fact]
    public async Task Reserve_BestPlaces_AreHeldSideBySideAndPaid()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 10_000);

        var held = await mina.ReserveAsync(new { concertScheduleId = sale.ScheduleId, count = 4, section = "A", together = true });

        held.Text("status").ShouldBe("HELD");
        SeatsOf(held).ShouldBe(sale.A.Skip(3).Take(4));
        held.Number("totalAmount").ShouldBe(4_000);
        (await mina.PayAsync(new { reservationId = held.Text("id") })).Text("status").ShouldBe("COMPLETED");
        var jun = await sale.BuyerAsync("jun");
        SeatsOf(await jun.ReserveAsync(new { concertScheduleId = sale.ScheduleId, count = 2, section = "A" })).ShouldBe([sale.A[1], sale.A[2]]);
        (await jun.ReserveAsync(new { concertScheduleId = sale.ScheduleId, count = 5, section = "B" })).Text("reason").ShouldBe("sold-out");
    }

    [Fact]
    public async Task Reserve_BadForm_IsRefused()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");

        (await mina.ReserveAsync(new { concertScheduleId = sale.ScheduleId, count = 9, section = "A" })).ShouldFail(400, "invalid-request");
        (await mina.ReserveAsync(new { concertScheduleId = sale.ScheduleId, count = 2, section = "Standing" })).ShouldFail(400, "invalid-request");
        (await mina.ReserveAsync(new { concertScheduleId = sale.ScheduleId, count = 2, section = "A", grade = "VIP" })).ShouldFail(400, "invalid-request");
        (await mina.ReserveAsync(new { concertScheduleId = sale.ScheduleId, count = 2, section = "A", seatId = sale.A[0] })).ShouldFail(400, "invalid-request");
        (await mina.ReserveAsync(new { count = 2, section = "A" })).ShouldFail(400, "invalid-request");
        (await mina.ReserveAsync(new { concertScheduleId = sale.ScheduleId, count = 2, section = "Z" })).ShouldFail(404, "not-yours");
        (await sale.ReportAsync()).Number("held").ShouldBe(0);
    }

    [Fact]
    public async Task Reserve_MoreBuyersThanPlacesAllAtOnce_SeatsEverybodyWhoCanBeSeated()
    {
        const int buyers = 130;
        await using var app = await LocalApp.StartOnRealTimeAsync("--WaitingRoom:MaxActive=1000", "--WaitingRoom:AdmitPerInterval=1000");
        var concert = (await app.AdminAsync("POST", "/api/admin/concert", new { name = "여름밤" })).ShouldBe(201).Text("id");
        var plan = new SaleBuilder().Section("A", 500, 1_000).Request(concert, app.Services.GetRequiredService<TimeProvider>().GetUtcNow());
        var schedule = (await app.AdminAsync("POST", "/api/admin/schedule", plan)).ShouldBe(201).Text("id");
        var joined = await Task.WhenAll(Enumerable.Range(0, buyers).Select(i => app.SendAsync("POST", "/api/queue/issue", new { userId = $"user{i}", concertId = concert })));

        var ends = await Task.WhenAll(joined.Select((token, i) =>
            new Buyer(app, $"user{i}", token.ShouldBe(201).Text("token")).ReserveAsync(new { concertScheduleId = schedule, count = 4, section = "A" })));

        ends.Count(end => end.Text("status") == "HELD").ShouldBe(125);
        ends.Where(end => end.Text("status") != "HELD").ShouldAllBe(end => end.Text("reason") == "sold-out");
        ends.Where(end => end.Text("status") == "HELD").SelectMany(SeatsOf).Distinct().Count().ShouldBe(500);
    }

    [Fact]
    public async Task Reserve_WholeHouseAtOnce_SeatsEverybodyWhoCanBeSeated()
    {
        const int buyers = 60;
        await using var app = await LocalApp.StartOnRealTimeAsync("--WaitingRoom:MaxActive=1000", "--WaitingRoom:AdmitPerInterval=1000");
        var concert = (await app.AdminAsync("POST", "/api/admin/concert", new { name = "여름밤" })).ShouldBe(201).Text("id");
        var plan = new SaleBuilder().Section("A", 40, 3_000).Section("B", 61, 2_000).Section("C", 100, 1_000)
            .Request(concert, app.Services.GetRequiredService<TimeProvider>().GetUtcNow());
        var schedule = (await app.AdminAsync("POST", "/api/admin/schedule", plan)).ShouldBe(201).Text("id");
        var joined = await Task.WhenAll(Enumerable.Range(0, buyers).Select(i => app.SendAsync("POST", "/api/queue/issue", new { userId = $"user{i}", concertId = concert })));
        List<Buyer> all = [.. joined.Select((token, i) => new Buyer(app, $"user{i}", token.ShouldBe(201).Text("token")))];

        var ends = await Task.WhenAll(all.Select(buyer => buyer.ReserveAsync(new { concertScheduleId = schedule, count = 4 })));

        List<Reply> held = [.. ends.Where(end => end.Text("status") == "HELD")];
        held.Count.ShouldBe(50);
        held.SelectMany(SeatsOf).Distinct().Count().ShouldBe(200);
        ends.Except(held).ShouldAllBe(end => end.Text("reason") == "sold-out");
        held.Select(end => end.Number("totalAmount")).Order().ShouldBe(
            [.. Enumerable.Repeat(4_000L, 25), .. Enumerable.Repeat(8_000L, 15), .. Enumerable.Repeat(12_000L, 10)]);
        var report = (await app.AdminAsync("GET", $"/api/admin/schedule/{schedule}/report")).ShouldBe(200);
        report.Data["reservations"]!["REJECTED"]!.GetValue<int>().ShouldBe(10);
    }

    private static IEnumerable<string> SeatsOf(Reply reservation) => reservation.Data["seats"]!.AsArray().Select(seat => seat!["id"]!.GetValue<string>());
}
