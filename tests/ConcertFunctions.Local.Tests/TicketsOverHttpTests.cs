using System.Text;
using System.Xml.Linq;

namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "R-TICKET"), Trait("Rule", "R-USED")]
public sealed class TicketsOverHttpTests
{
    private static Task<Reply> CheckInAsync(LocalApp app, string code, string? key = null) => key is null
        ? app.AdminAsync("POST", "/api/admin/check-in", new { code })
        : app.AdminAsync("POST", "/api/admin/check-in", new { code }, ("Idempotency-Key", key));

    private static async Task<string> CodeAsync(Buyer buyer, string reservation) =>
        (await buyer.GetAsync($"/api/reservation/{reservation}/ticket")).ShouldBe(200).Text("code");

    [Fact]
    public async Task Ticket_OfWhatIsPaid_IsTextOrPicture()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        var id = await mina.HoldAsync(sale.A[0], sale.A[1]);
        var path = $"/api/reservation/{id}/ticket";
        (await mina.GetAsync(path)).ShouldFail(409, "not-valid");
        (await mina.PayAsync(new { reservationId = id })).Text("status").ShouldBe("COMPLETED");

        var ticket = await mina.GetAsync(path);
        ticket.Text("reservationId").ShouldBe(id);
        ticket.Text("concertName").ShouldBe("여름밤");
        ticket.Text("openAt").ShouldBe("2030-01-11T00:00:00+00:00");
        ticket.Data["seats"]!.AsArray().Select(s => s!["id"]!.GetValue<string>()).ShouldBe([sale.A[0], sale.A[1]]);
        ticket.Has("usedAt").ShouldBeFalse();
        ticket.Headers.Vary.ShouldContain("Accept");

        var picture = (await mina.SendAsync("GET", path, null, ("Accept", "image/svg+xml"))).ShouldBe(200);
        picture.ContentHeaders.ContentType!.ToString().ShouldBe("image/svg+xml");
        picture.Headers.Vary.ShouldContain("Accept");
        XDocument.Parse(Encoding.UTF8.GetString(picture.Body)).Root!.Name.LocalName.ShouldBe("svg");
        var head = (await mina.SendAsync("HEAD", path, null, ("Accept", "image/svg+xml"))).ShouldBe(200);
        head.ContentHeaders.ContentType!.ToString().ShouldBe("image/svg+xml");
        head.Body.ShouldBeEmpty();

        var jun = await sale.BuyerAsync("jun");
        (await jun.GetAsync(path)).ShouldFail(404, "not-yours");
    }

    [Fact]
    public async Task CheckIn_Ticket_LetsInOnce()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        var id = await mina.BuyAsync(sale.A[0]);
        var code = await CodeAsync(mina, id);

        var entry = (await CheckInAsync(app, code, "scan-1")).ShouldBe(200);
        entry.Text("reservation").ShouldBe(id);
        entry.Data["seats"]![0]!["id"]!.GetValue<string>().ShouldBe(sale.A[0]);
        await app.PassAsync(TimeSpan.FromMinutes(1));
        (await CheckInAsync(app, code, "scan-1")).ShouldBe(200).Text("at").ShouldBe(entry.Text("at"));
        var again = (await CheckInAsync(app, code)).ShouldFail(409, "already-used");
        again.Json["at"]!.GetValue<DateTimeOffset>().ShouldBe(DateTimeOffset.Parse(entry.Text("at"), null));
        again.Json["detail"]!.GetValue<string>().ShouldStartWith("The ticket was used at 20");
        (await mina.GetAsync($"/api/reservation/{id}/ticket")).Text("usedAt").ShouldBe(entry.Text("at"));
        (await mina.GetAsync("/api/reservation/" + id)).Text("usedAt").ShouldBe(entry.Text("at"));
        (await mina.SendAsync("POST", $"/api/reservation/{id}/cancel")).ShouldFail(409, "not-cancellable");
        (await mina.BalanceAsync()).ShouldBe(4_000);
    }

    [Fact]
    public async Task CheckIn_WhatLetsNobodyIn_IsRefusedAndSaysWhy()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        var id = await mina.BuyAsync(sale.A[0]);
        var code = await CodeAsync(mina, id);

        (await CheckInAsync(app, code[..^1] + (code[^1] == 'A' ? 'Q' : 'A'))).ShouldFail(404, "not-yours");
        (await CheckInAsync(app, id)).ShouldFail(404, "not-yours");
        (await CheckInAsync(app, " ")).ShouldFail(400, "invalid-request");
        (await app.AdminAsync("POST", "/api/admin/check-in", new { code, concertScheduleId = sale.ConcertId + "-other" })).ShouldFail(409, "not-valid");
        (await app.SendAsync("POST", "/api/admin/check-in", new { code })).ShouldFail(401, "no-token");

        await mina.SendAsync("POST", $"/api/reservation/{id}/cancel");
        await app.UntilAsync(() => mina.GetAsync("/api/reservation/" + id), r => r.Text("status") == "CANCELLED");
        (await CheckInAsync(app, code)).ShouldFail(409, "not-valid");
        (await mina.GetAsync($"/api/reservation/{id}/ticket")).ShouldFail(409, "not-valid");
    }

    [Fact]
    public async Task CheckIn_ManyDoorsAtOnce_LetEachTicketInOnce()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var codes = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            var buyer = await sale.BuyerAsync($"buyer{n}", 1_000);
            codes.Add(await CodeAsync(buyer, await buyer.BuyAsync(sale.A[n])));
        }

        var scans = await Task.WhenAll(Enumerable.Range(0, 8).SelectMany(_ => codes).Select(async code => (Code: code, Answer: await CheckInAsync(app, code))));

        foreach (var ticket in scans.GroupBy(s => s.Code, s => s.Answer))
        {
            ticket.Count(a => a.Status == 200).ShouldBe(1);
            ticket.Where(a => a.Status != 200).ToList().ForEach(a => a.ShouldFail(409, "already-used"));
        }
    }

    [Fact]
    public async Task CheckIn_WhileItsBuyerCancels_HasOneWinner()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        for (var n = 0; n < 8; n++)
        {
            var buyer = await sale.BuyerAsync($"buyer{n}", 1_000);
            var id = await buyer.BuyAsync(sale.A[n]);
            var code = await CodeAsync(buyer, id);

            var (door, cancel) = (Task.Run(() => CheckInAsync(app, code)), Task.Run(() => buyer.SendAsync("POST", $"/api/reservation/{id}/cancel")));
            var isIn = (await door).Status == 200;
            var cancelled = await cancel;

            var ended = await app.UntilAsync(
                () => buyer.GetAsync("/api/reservation/" + id), r => isIn ? cancelled.Status != 202 || r.Has("reason") : r.Text("status") == "CANCELLED");
            ended.Text("status").ShouldBe(isIn ? "CONFIRMED" : "CANCELLED");
            (await buyer.BalanceAsync()).ShouldBe(isIn ? 0 : 1_000);
        }
    }
}
