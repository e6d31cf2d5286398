using Concert.Testing.Http;
using Concert.Web.Tests.Support;

namespace Concert.Web.Tests.Ops;

/// <summary>A performance is made by form, and is on sale.</summary>
public sealed class CreateTests(Chromium chromium)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_RowsGradesAndStanding_IsPreviewedAndOnSale()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync();
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await staff.LookAsync("ops-empty");
        await page.Locator(".empty .button").ClickAsync();
        await page.Locator("#concert-name").FillAsync("Winter <b>night</b>");

        // Two rows of the first grade, three of the second beside them, and people who stand.
        await page.Locator("[name=rows]").FillAsync("A-B");
        await page.Locator("[name=to]").FillAsync("10");
        await page.Locator(".add-rows").ClickAsync();
        await page.Locator("[name=rows]").Nth(1).FillAsync("C-E");
        await page.Locator("[name=to]").Nth(1).FillAsync("12");
        await page.Locator("[name=grade]").Nth(1).SelectOptionAsync("R");
        await page.Locator("#add-standing").ClickAsync();
        await page.Locator("[name=quantity]").FillAsync("50");
        await Expect(page.Locator("#preview-seats")).ToHaveTextAsync("56");
        await Expect(page.Locator("#preview-standing")).ToHaveTextAsync("50");
        await Expect(page.Locator("#preview-money")).ToHaveTextAsync("₩10,960,000");
        await staff.LookAsync("ops-create");

        // Bought later by a buyer, so it must be on sale now.
        await page.Locator("#create").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Winter <b>night</b>");
        await Expect(page.Locator("[data-kind=available]")).ToHaveTextAsync("106");
        await Expect(page.Locator(".state .badge")).ToHaveTextAsync("On sale");
        var buyer = await shop.BuyerAsync();
        var shopPage = await buyer.OpenAsync();
        await Expect(shopPage.Locator(".card.concert .card-title")).ToHaveTextAsync("Winter <b>night</b>");
        await shopPage.Locator(".card.concert").ClickAsync();
        await shopPage.Locator("#name").FillAsync("mina");
        await shopPage.Locator("#name").PressAsync("Enter");
        await shopPage.Locator("#join").ClickAsync();
        await shopPage.Locator(".dates a.card").ClickAsync();
        await Expect(shopPage.Locator(".seat")).ToHaveCountAsync(56);
        await Expect(buyer.Seat("Row E, Seat 12, R, ₩110,000, free")).ToBeVisibleAsync();
        staff.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Create_WrongFields_SaysEachAndSendsNothing()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var staff = await shop.BuyerAsync();
        var sent = 0;
        staff.Context.Request += (_, request) => sent += request.Method == "POST" ? 1 : 0;
        var page = await staff.AtDeskAsync("#/new");
        await page.Locator("[name=rows]").FillAsync("E-A");
        await page.Locator("[name=to]").FillAsync("0");
        await page.Locator("[name=price]").First.FillAsync("-1");
        await page.Locator("[name=closeAt]").FillAsync("2020-01-01T10:00");
        await page.Locator("#create").ClickAsync();
        foreach (var sentence in new[] { "Write rows as A-E", "“to” must be 1 to", "“Price (won)” must be 0 to", "“Doors close” must be after “Doors open”", "“Name” is missing" })
        {
            await Expect(page.Locator("#create-errors")).ToContainTextAsync(sentence);
        }

        (await page.EvaluateAsync<bool>("() => document.activeElement.getAttribute('aria-invalid') === 'true'")).ShouldBeTrue();
        await staff.LookAsync("ops-create-wrong");
        sent.ShouldBe(0);
        staff.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Create_AnotherDateAndPlainNumbers_KeepsTheConcert()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync("#/new");
        await page.Locator("#concert").SelectOptionAsync(sale.ConcertId);
        await Expect(page.Locator("#concert-name")).ToBeHiddenAsync();
        await page.Locator("[name=rows]").FillAsync("");
        await page.Locator("[name=to]").FillAsync("30");
        await page.Locator("[name=grade]").SelectOptionAsync("");
        await page.Locator(".row-line-edit [name=price]").FillAsync("44000");
        await page.Locator("#create").ClickAsync();
        await Expect(page.Locator("[data-kind=available]")).ToHaveTextAsync("30");
        var token = (await shop.Api.IssueAsync("mina", sale.ConcertId, null, Stop)).Require("Joining").Token!;
        (await shop.Api.DatesAsync(token, sale.ConcertId, Stop)).Require("Dates").Select(date => date.TotalSeats).ShouldBe([34, 30], ignoreOrder: true);
        staff.ShouldHaveSaidNothing();
    }
}
