using System.IO.Compression;
using System.Text.Json;
using Concert.Booking.Availability;
using Microsoft.Extensions.DependencyInjection;

namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "S4"), Trait("Rule", "R-ADMIN"), Trait("Rule", "R-SCHEDULE")]
public sealed class CatalogueTests
{
    [Fact]
    public async Task Concerts_AreListedForEverybody()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var listed = (await app.SendAsync("GET", "/api/concert")).ShouldBe(200).Data.AsArray().Single()!;
        listed["id"]!.GetValue<string>().ShouldBe(sale.ConcertId);
        listed["name"]!.GetValue<string>().ShouldBe("여름밤");
    }

    [Fact]
    public async Task Dates_CountWhatIsTaken()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        await mina.HoldAsync(sale.A[0], sale.A[1]);
        (await mina.ReserveAsync(new { inventoryId = sale.InventoryId, quantity = 3 })).Text("status").ShouldBe("HELD");
        var date = (await mina.GetAsync("/api/concert/available-dates?concertId=" + sale.ConcertId)).ShouldBe(200).Data.AsArray().Single()!;
        date["id"]!.GetValue<string>().ShouldBe(sale.ScheduleId);
        date["totalSeats"]!.GetValue<int>().ShouldBe(18);
        date["reservedSeats"]!.GetValue<int>().ShouldBe(5);
        date["openAt"]!.GetValue<string>().ShouldBe("2030-01-11T00:00:00+00:00");
        foreach (var name in new[] { "closeAt", "bookingStartAt", "bookingEndAt" })
        {
            DateTimeOffset.TryParse(date[name]!.GetValue<string>(), out _).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Seats_ShowWhatIsFreeAndWithAllTheirStatus()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 10_000);
        await mina.HoldAsync(sale.A[0]);
        var jun = await sale.BuyerAsync("jun", 10_000);
        await jun.BuyAsync(sale.B[2]);
        var path = "/api/concert/available-seats?concertScheduleId=" + sale.ScheduleId;
        var free = (await mina.GetAsync(path)).ShouldBe(200).Data;
        free["seats"]!.AsArray().Select(s => s!["id"]!.GetValue<string>()).ShouldBe([.. sale.A.Skip(1), .. sale.B.Take(2)]);
        var seat = free["seats"]![0]!.AsObject();
        seat["section"]!.GetValue<string>().ShouldBe("A");
        seat["seatNumber"]!.GetValue<string>().ShouldBe("2");
        seat["price"]!.GetValue<int>().ShouldBe(1_000);
        seat.ContainsKey("status").ShouldBeFalse();
        free["inventories"]![0]!["available"]!.GetValue<int>().ShouldBe(5);
        var all = (await mina.GetAsync(path + "&include=all")).Data["seats"]!.AsArray().ToDictionary(s => s!["id"]!.GetValue<string>(), s => s!["status"]!.GetValue<string>());
        all.Count.ShouldBe(13);
        all[sale.A[0]].ShouldBe("HELD");
        all[sale.B[2]].ShouldBe("SOLD");
        all[sale.A[1]].ShouldBe("AVAILABLE");
    }

    [Fact]
    [Trait("Rule", "R-PRINTED")]
    public async Task Seats_InRowsAndGrades_AreShownAsPrintedAndSectionBySection()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var schedule = await CreateAsync(app, sale.ConcertId, """
            "grades":[{"code":"VIP","name":"VIP석","price":3000}],
            "sections":[
              {"name":"R","rows":[{"row":"10","from":1,"to":2,"price":1000},{"row":"2","from":1,"to":2,"grade":"VIP"}]},
              {"name":"T","seats":[{"number":"12A","grade":"VIP"},{"number":12,"price":500}]}]
            """);
        var mina = await sale.BuyerAsync("mina", 10_000);

        var path = $"/api/concert/available-seats?concertScheduleId={schedule}";
        var seats = (await mina.GetAsync(path)).ShouldBe(200).Data["seats"]!.AsArray();
        seats.Select(s => $"{s!["section"]}/{s["row"]}/{s["seatNumber"]}/{s["grade"]}/{s["price"]}")
            .ShouldBe(["R/2/1/VIP/3000", "R/2/2/VIP/3000", "R/10/1//1000", "R/10/2//1000", "T//12//500", "T//12A/VIP/3000"]);
        (await mina.GetAsync(path + "&section=T")).ShouldBe(200).Data["seats"]!.AsArray().Select(s => s!["seatNumber"]!.GetValue<string>()).ShouldBe(["12", "12A"]);
        (await mina.GetAsync(path + "&section=U")).ShouldFail(404, "not-yours");
        (await mina.GetAsync(path + "&section=T&section=R")).ShouldFail(400, "invalid-request");
        (await mina.GetAsync(path + "&section=")).ShouldFail(400, "invalid-request");

        var held = await mina.HoldAsync(seats[0]!["id"]!.GetValue<string>());
        var seat = (await mina.GetAsync("/api/reservation/" + held)).Data["seats"]![0]!;
        $"{seat["row"]}/{seat["seatNumber"]}/{seat["grade"]}/{seat["price"]}".ShouldBe("2/1/VIP/3000");
    }

    [Fact]
    [Trait("Rule", "R-PRINTED")]
    public async Task Seats_OfAHouseOf200000_AreUnderOneMegabyteOnTheWire()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var sections = string.Join(',', Enumerable.Range(1, 200).Select(s =>
            $$"""{"name":"{{s}}","rows":[{{string.Join(',', Enumerable.Range(1, 40).Select(r => $$"""{"row":"{{r}}","from":1,"to":25,"grade":"{{(r < 10 ? "VIP" : "R")}}"}"""))}}]}"""));
        var schedule = await CreateAsync(
            app, sale.ConcertId, $$"""
            "grades":[{"code":"VIP","name":"VIP석","price":154000},{"code":"R","name":"R석","price":132000}],"sections":[{{sections}}]
            """);
        var mina = await sale.BuyerAsync("mina");

        var whole = (await mina.SendAsync(
            "GET", $"/api/concert/available-seats?concertScheduleId={schedule}&include=all", null, ("Accept-Encoding", "gzip, br"))).ShouldBe(200);
        whole.ContentHeaders.ContentEncoding.ShouldBe(["br"]);
        whole.Body.Length.ShouldBeLessThan(1_000_000);
        using var json = JsonDocument.Parse(new BrotliStream(new MemoryStream(whole.Body), CompressionMode.Decompress));
        json.RootElement.GetProperty("data").GetProperty("seats").GetArrayLength().ShouldBe(200_000);
    }

    private static async Task<string> CreateAsync(LocalApp app, string concertId, string what) => (await app.AdminAsync("POST", "/api/admin/schedule", $$"""
        {"concertId":"{{concertId}}","openAt":"2030-02-01T19:00:00+09:00","closeAt":"2030-02-01T22:00:00+09:00",
         "bookingStartAt":"2029-12-01T00:00:00Z","bookingEndAt":"2030-02-01T00:00:00Z",{{what}}}
        """)).ShouldBe(201).Text("id");

    [Fact]
    public async Task Seats_NotChanged_Are304UntilTheyChange()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var path = "/api/concert/available-seats?concertScheduleId=" + sale.ScheduleId;
        var etag = (await mina.GetAsync(path)).ShouldBe(200).Headers.ETag!.Tag;
        var same = (await mina.SendAsync("GET", path, null, ("If-None-Match", etag))).ShouldBe(304);
        same.Body.ShouldBeEmpty();
        same.Headers.ETag!.Tag.ShouldBe(etag);
        await mina.HoldAsync(sale.A[0]);
        var changed = (await mina.SendAsync("GET", path, null, ("If-None-Match", etag))).ShouldBe(200);
        changed.Headers.ETag!.Tag.ShouldNotBe(etag);
        (await mina.SendAsync("GET", path + "&include=all", null, ("If-None-Match", changed.Headers.ETag!.Tag))).ShouldBe(200);
    }

    [Fact]
    public async Task UnknownIds_Are404()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var general = (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina" })).Text("token");
        foreach (var path in new[]
        {
            "/api/concert/available-dates?concertId=cnothere1", "/api/concert/available-seats?concertScheduleId=cnothere1-aaaa",
            $"/api/concert/available-seats?concertScheduleId={sale.ConcertId}-zzzz", "/api/concert/available-seats?concertScheduleId=x",
        })
        {
            (await app.SendAsync("GET", path, null, ("queue-token", general))).ShouldFail(404, "not-yours");
        }

        (await app.AdminAsync("GET", "/api/admin/schedule/cnothere1-aaaa/report")).ShouldFail(404, "not-yours");
        (await app.AdminAsync("POST", "/api/admin/schedule", Sale.Body("cnothere1", app.Time.GetUtcNow(), app.Time.GetUtcNow().AddDays(1)))).ShouldFail(404, "not-yours");
    }

    [Fact]
    public async Task Admin_CallsOfOthers_AreRefused()
    {
        await using var app = await LocalApp.StartAsync();
        (await app.SendAsync("POST", "/api/admin/concert", new { name = "x" })).ShouldFail(401, "no-token");
        (await app.SendAsync("POST", "/api/admin/concert", new { name = "x" }, ("x-admin-key", "guess"))).ShouldFail(401, "bad-token");
        (await app.Services.GetRequiredService<ICatalogQueries>().IsEmptyAsync(CancellationToken.None)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"  "}""")]
    [InlineData("{}")]
    public async Task Admin_ConcertWithoutName_IsInvalid(string body)
    {
        await using var app = await LocalApp.StartAsync();
        (await app.AdminAsync("POST", "/api/admin/concert", body)).ShouldFail(400, "invalid-request");
        (await app.AdminAsync("POST", "/api/admin/concert", new { name = new string('x', 101) })).ShouldFail(400, "invalid-request");
        (await app.Services.GetRequiredService<ICatalogQueries>().IsEmptyAsync(CancellationToken.None)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""[]""", "[]")]
    [InlineData("""[{"name":"A"}]""", "[]")]
    [InlineData("""[{"name":"A","seats":[]}]""", "[]")]
    [InlineData("""[{"name":"A","seats":5}]""", "[]")]
    [InlineData("""[{"name":"A","seats":[{"number":0,"price":1}]}]""", "[]")]
    [InlineData("""[{"name":"A","seats":[{"number":1,"price":-1}]}]""", "[]")]
    [InlineData("""[{"name":"A","seats":[{"number":1.5,"price":1}]}]""", "[]")]
    [InlineData("""[{"name":"A","seats":[{"number":1,"price":1},{"number":1,"price":1}]}]""", "[]")]
    [InlineData("""[{"name":"A","seats":{"from":5,"to":1,"price":1}}]""", "[]")]
    [InlineData("""[{"name":"A","seats":{"from":1,"to":99999999,"price":1}}]""", "[]")]
    [InlineData("""[{"name":"A","seats":{"from":1,"to":2,"price":1}},{"name":"A","seats":{"from":1,"to":2,"price":1}}]""", "[]")]
    [InlineData("""[null]""", "[]")]
    [InlineData("[]", """[{"name":"S","quantity":0,"price":1}]""")]
    [InlineData("[]", """[{"name":"S","quantity":5}]""")]
    [InlineData("[]", """[null]""")]
    public async Task Admin_ScheduleThatIsWrong_IsInvalid(string sections, string inventories)
    {
        await using var app = await LocalApp.StartAsync();
        var concert = (await app.AdminAsync("POST", "/api/admin/concert", new { name = "x" })).Text("id");
        var body = $$"""
            {"concertId":"{{concert}}","openAt":"2030-02-01T19:00:00+09:00","closeAt":"2030-02-01T22:00:00+09:00",
             "bookingStartAt":"2030-01-01T00:00:00Z","bookingEndAt":"2030-02-01T00:00:00Z","sections":{{sections}},"inventories":{{inventories}}}
            """;
        (await app.AdminAsync("POST", "/api/admin/schedule", body)).ShouldFail(400, "invalid-request");
    }

    [Fact]
    public async Task Admin_SameIdempotencyKey_CreatesOnce()
    {
        await using var app = await LocalApp.StartAsync();
        var first = await app.AdminAsync("POST", "/api/admin/concert", new { name = "x" }, ("Idempotency-Key", "k"));
        var second = await app.AdminAsync("POST", "/api/admin/concert", new { name = "x" }, ("Idempotency-Key", "k"));
        second.ShouldBe(201).Text("id").ShouldBe(first.Text("id"));
        (await app.AdminAsync("POST", "/api/admin/concert", new { name = "y" }, ("Idempotency-Key", "k"))).ShouldFail(422, "idempotency-mismatch");
    }
}
