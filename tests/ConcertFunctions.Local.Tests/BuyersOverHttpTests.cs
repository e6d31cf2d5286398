using System.Text;

namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "R-BUYERS")]
public sealed class BuyersOverHttpTests
{
    [Fact]
    public async Task Buyers_OfASale_AreListedInPagesAndAsAFile()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var formula = await sale.BuyerAsync("=mina", 5_000);
        var bought = await formula.BuyAsync(sale.A[0], sale.A[1]);
        var jun = await sale.BuyerAsync("준");
        var held = await jun.HoldAsync(sale.B[0]);
        var floor = await jun.ReserveAsync(new { inventoryId = sale.InventoryId, quantity = 2 });
        floor.Text("status").ShouldBe("HELD");
        var path = $"/api/admin/schedule/{sale.ScheduleId}/reservations";

        var first = (await app.AdminAsync("GET", path + "?limit=2")).ShouldBe(200);
        first.Data["items"]!.AsArray().Select(r => r!["id"]!.GetValue<string>()).ShouldBe([bought, held]);
        first.Data["items"]!.AsArray().Select(r => r!["userId"]!.GetValue<string>()).ShouldBe(["=mina", "준"]);
        var last = (await app.AdminAsync("GET", $"{path}?limit=2&continuation={first.Text("continuation")}")).ShouldBe(200);
        last.Data["items"]!.AsArray().Single()!["id"]!.GetValue<string>().ShouldBe(floor.Text("id"));
        last.Has("continuation").ShouldBeFalse();
        var confirmed = (await app.AdminAsync("GET", path + "?status=CONFIRMED")).ShouldBe(200);
        confirmed.Data["items"]!.AsArray().Single()!["id"]!.GetValue<string>().ShouldBe(bought);

        var file = (await app.AdminAsync("GET", path, null, ("Accept", "text/csv"))).ShouldBe(200);
        file.ContentHeaders.ContentDisposition!.FileName.ShouldBe($"reservations-{sale.ScheduleId}.csv");
        var lines = Encoding.UTF8.GetString(file.Body).Split("\r\n");
        lines.Length.ShouldBe(5);
        lines[0].ShouldBe("\uFEFFreservation,status,user,section,seats,places,total,createdAt,holdExpiresAt,payment,cancelledAt,refund,usedAt,reason");
        lines[1].ShouldStartWith($"{bought},CONFIRMED,'=mina,A,1; 2,2,2000,2030-01-01T");
        lines[2].ShouldStartWith($"{held},HELD,준,B,1,1,2000,");
        lines[3].ShouldStartWith($"{floor.Text("id")},HELD,준,Standing,,2,1000,");
        lines[4].ShouldBeEmpty();

        var head = (await app.AdminAsync("HEAD", path, null, ("Accept", "text/csv"))).ShouldBe(200);
        head.ContentHeaders.ContentType!.MediaType.ShouldBe("text/csv");
        head.Body.ShouldBeEmpty();
        (await app.AdminAsync("HEAD", path)).ShouldBe(200).Body.ShouldBeEmpty();
    }

    [Fact]
    public async Task Buyers_AskedForWrongly_AreRefused()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var path = $"/api/admin/schedule/{sale.ScheduleId}/reservations";

        (await app.SendAsync("GET", path)).ShouldFail(401, "no-token");
        (await app.SendAsync("GET", path, null, ("Accept", "text/csv"))).ShouldFail(401, "no-token");
        (await app.AdminAsync("GET", path + "?status=SOLD")).ShouldFail(400, "invalid-request");
        (await app.AdminAsync("GET", path + "?status=SOLD", null, ("Accept", "text/csv"))).ShouldFail(400, "invalid-request");
        (await app.AdminAsync("GET", path + "?continuation=x")).ShouldFail(400, "invalid-request");
        (await app.AdminAsync("GET", path + "?limit=101")).ShouldFail(400, "invalid-request");
        (await app.AdminAsync("GET", $"/api/admin/schedule/{sale.ConcertId}-none/reservations", null, ("Accept", "text/csv"))).ShouldFail(404, "not-yours");
        (await app.AdminAsync("GET", path)).Data["items"]!.AsArray().ShouldBeEmpty();
    }
}
