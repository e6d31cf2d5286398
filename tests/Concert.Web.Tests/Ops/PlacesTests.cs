using Concert.Testing.Http;
using Concert.Testing.Sales;
using Concert.Web.Tests.Support;

namespace Concert.Web.Tests.Ops;

/// <summary>House seats: blocked and put back on the map, by row and label, and as a number.</summary>
public sealed class PlacesTests(Chromium chromium)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static ILocator Seat(IPage page, string name) => page.Locator($".seat[aria-label*='{name},']");

    private static async Task<string[]> BlockedAsync(Shop shop, OpenSale sale)
    {
        var token = (await shop.Api.IssueAsync($"looks-{Guid.NewGuid():N}", sale.ConcertId, null, Stop)).Require("Joining").Token!;
        return [.. (await shop.Api.SeatsAsync(token, sale.ScheduleId, Stop)).Require("Seats").Seats.Where(seat => seat.Status == "BLOCKED").Select(seat => $"{seat.Row}{seat.SeatNumber}")];
    }

    [Fact]
    public async Task Block_SeatsOnTheMap_AreOffSaleUntilPutBack()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        await shop.TakeAsync(sale, "jun", pay: true, sale.Seats[4]);
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}/places");
        await Expect(Seat(page, "Row A, Seat 5")).ToHaveAttributeAsync("aria-disabled", "true");
        await Seat(page, "Row A, Seat 1").ClickAsync();
        await Seat(page, "Row A, Seat 2").ClickAsync();
        await Seat(page, "Row A, Seat 5").ClickAsync(new() { Force = true });
        await Expect(page.Locator("#block")).ToHaveTextAsync("Block (2)");
        await staff.LookAsync("ops-places");
        await page.Locator("#block").ClickAsync();
        await Expect(Seat(page, "Row A, Seat 1")).ToHaveAttributeAsync("aria-label", "Row A, Seat 1, VIP, ₩120,000, blocked");
        (await BlockedAsync(shop, sale)).ShouldBe(["A1", "A2"], ignoreOrder: true);

        // By what is printed; what is sold is left out, and what is not there is said.
        await page.Locator("#pick-row").SelectOptionAsync("A");
        await page.Locator("#pick-seats").FillAsync("3-5, 99");
        await page.Locator("#pick").ClickAsync();
        await Expect(page.Locator("#pick-said")).ToHaveTextAsync("Not here: 99. 1 is held or sold and was left out.");
        await Seat(page, "Row A, Seat 1").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#unblock")).ToHaveTextAsync("Put back on sale (1)");
        await page.Locator("#block").ClickAsync();
        await Expect(Seat(page, "Row A, Seat 4")).ToHaveAttributeAsync("aria-label", "Row A, Seat 4, VIP, ₩120,000, blocked");
        await page.Locator("#unblock").ClickAsync();
        await Expect(Seat(page, "Row A, Seat 1")).ToHaveAttributeAsync("aria-label", "Row A, Seat 1, VIP, ₩120,000, free");
        (await BlockedAsync(shop, sale)).ShouldBe(["A2", "A3", "A4"], ignoreOrder: true);
        await staff.LookAsync("ops-places-blocked");
        staff.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Block_SeatThatABuyerTakesMeanwhile_IsSaidAndNothingIsBlocked()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}/places");
        await Seat(page, "Row B, Seat 1").ClickAsync();
        await Seat(page, "Row B, Seat 2").ClickAsync();

        // The map has not heard of it yet.
        await staff.Context.RouteAsync("**/seats?include=all**", route => route.AbortAsync());
        await shop.TakeAsync(sale, "jun", pay: false, sale.Seats[10]);
        await page.Locator("#block").ClickAsync();
        await Expect(page.Locator(".problem")).ToHaveAttributeAsync("data-code", "seat-taken");
        await staff.Context.UnrouteAllAsync();
        await Expect(Seat(page, "Row B, Seat 1")).ToHaveAttributeAsync("aria-label", "Row B, Seat 1, Regular, ₩80,000, held");
        (await BlockedAsync(shop, sale)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Block_SectionOfManySeats_GoesInParts()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(new SaleBuilder().Section("Gallery", 200, 50_000).Section("Stalls", 3, 90_000));
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}/places/Gallery");
        await Expect(page.Locator(".chip[aria-current]")).ToHaveTextAsync("Gallery");
        await page.Locator("#pick").ClickAsync();
        await Expect(page.Locator("#block")).ToHaveTextAsync("Block (200)");
        await page.Locator("#block").ClickAsync();
        await Expect(page.Locator(".seat.BLOCKED")).ToHaveCountAsync(200);
        (await shop.Api.ReportAsync(sale.ScheduleId, Stop)).Require("Report").Blocked.ShouldBe(200);
        staff.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Block_StandingPlaces_ByNumber()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(new SaleBuilder().Standing("Floor", 40, 60_000));
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}/places");
        await page.Locator("[data-inventory] input").FillAsync("15");
        await page.Locator(".block").ClickAsync();
        await Expect(page.Locator("[data-inventory]")).ToContainTextAsync("25 left, 0 held, 0 sold, 15 blocked");
        await page.Locator("[data-inventory] input").FillAsync("5");
        await page.Locator(".unblock").ClickAsync();
        await Expect(page.Locator("[data-inventory]")).ToContainTextAsync("30 left, 0 held, 0 sold, 10 blocked");
        await page.Locator("[data-inventory] input").FillAsync("31");
        await page.Locator(".block").ClickAsync();
        await Expect(page.Locator(".problem")).ToHaveAttributeAsync("data-code", "sold-out");
        await staff.LookAsync("ops-standing");
    }
}
