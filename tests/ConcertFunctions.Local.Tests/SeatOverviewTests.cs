namespace ConcertFunctions.Local.Tests;

/// <summary>A house by its sections, which a page of a large one begins with.</summary>
public sealed class SeatOverviewTests
{
    [Fact]
    public async Task Overview_OfASale_CountsWhatIsLeftOfEachSection()
    {
        await using var app = await LocalApp.StartAsync("--Booking:MaxPerUser=6");
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 10_000);
        var path = $"/api/concert/available-seats?concertScheduleId={sale.ScheduleId}&include=sections";
        var before = await mina.GetAsync(path);
        before.Data["seats"]!.AsArray().ShouldBeEmpty();
        before.Data["overview"]!.ToJsonString().ShouldBe(
            """{"sections":[{"name":"A","totalSeats":10,"available":10,"minPrice":1000,"maxPrice":1000},"""
            + """{"name":"B","totalSeats":3,"available":3,"minPrice":2000,"maxPrice":2000}],"maxPerReservation":8,"maxPerUser":6}""");

        await mina.HoldAsync(sale.A[0], sale.A[1]);
        (await app.AdminAsync("POST", $"/api/admin/schedule/{sale.ScheduleId}/block", new { seatIds = new[] { sale.B[0] } })).ShouldBe(200);
        var after = await mina.GetAsync(path);
        after.Data["overview"]!["sections"]!.AsArray().Select(section => section!["available"]!.GetValue<int>()).ShouldBe([8, 2]);
        after.Data["inventories"]![0]!["available"]!.GetValue<int>().ShouldBe(5);
        after.Headers.ETag.ShouldNotBe(before.Headers.ETag);
        (await mina.SendAsync("GET", path, null, ("If-None-Match", after.Headers.ETag!.Tag))).ShouldBe(304);
    }

    [Fact]
    public async Task Overview_OfOneSection_IsInvalid()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        (await mina.GetAsync($"/api/concert/available-seats?concertScheduleId={sale.ScheduleId}&include=sections&section=A")).ShouldFail(400, "invalid-request");
    }

    [Fact]
    public async Task Overview_UnknownSchedule_IsNotYours()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        (await mina.GetAsync($"/api/concert/available-seats?concertScheduleId={sale.ConcertId}-none&include=sections")).ShouldFail(404, "not-yours");
    }
}
