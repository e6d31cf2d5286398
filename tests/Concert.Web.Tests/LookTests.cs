using Concert.Testing.Http;
using Concert.Testing.Sales;
using Concert.Web.Tests.Support;

namespace Concert.Web.Tests;

/// <summary>Phones, dark rooms, high contrast, keyboards, and houses of every size.</summary>
public sealed class LookTests(Chromium chromium)
{
    private static SaleBuilder House(int sections, int rows, int seats)
    {
        var sale = new SaleBuilder().Grade("VIP", "VIP", 150_000).Grade("R", "Regular", 110_000).Grade("S", "Side", 80_000);
        for (var section = 1; section <= sections; section++)
        {
            var grade = section <= sections / 4 ? "VIP" : section <= sections / 2 ? "R" : "S";
            sale.Rows($"{section}", [.. Enumerable.Range(1, rows).Select(row => new RowRequest($"{row}", 1, seats, Grade: row == 1 ? "VIP" : grade))]);
        }

        return sale;
    }

    [Theory]
    [InlineData("phone")]
    [InlineData("phone-dark-ko")]
    [InlineData("dark")]
    [InlineData("forced")]
    public async Task Purchase_OnEveryKindOfScreen_FitsAndIsAccessible(string kind)
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync(options => options.OfScreen(kind));
        var page = await buyer.OpenAsync();
        await Expect(page.Locator(".card.concert")).ToHaveCountAsync(1);
        await LookAsync("concerts");
        await buyer.EnterAsync(sale, "mina");
        await LookAsync("dates");
        await page.Locator(".dates a.card").ClickAsync();
        await page.Locator(".seat.AVAILABLE").Nth(3).ClickAsync();
        await page.Locator(".seat.AVAILABLE").Nth(12).ClickAsync();
        await LookAsync("seats");
        await page.Locator("#hold").ClickAsync();
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        await LookAsync("hold");
        await page.Locator("#charge").ClickAsync();
        await page.Locator("#pay:not([aria-disabled])").ClickAsync();
        await Expect(page.Locator(".qr img")).ToBeVisibleAsync();
        await page.Locator(".cancel summary").ClickAsync();
        await LookAsync("ticket");
        await page.GotoAsync($"{shop.Url}/#/wallet");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await LookAsync("wallet");
        buyer.ShouldHaveSaidNothing();

        Task LookAsync(string screen) => buyer.LookAndFitAsync($"{kind}-{screen}");
    }

    [Fact]
    public async Task Map_KeyboardOnly_ChoosesAndHolds()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");
        async Task FocusIs(string seat) => (await page.EvaluateAsync<string>("() => document.activeElement.getAttribute('aria-label')")).ShouldStartWith(seat + ",");
        for (var i = 0; i < 12 && !await page.EvaluateAsync<bool>("() => document.activeElement.matches('.seat')"); i++)
        {
            await page.Keyboard.PressAsync("Tab");
        }

        await FocusIs("Row A, Seat 1");
        await page.Keyboard.PressAsync("ArrowRight");
        await FocusIs("Row A, Seat 2");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("ArrowDown");
        await FocusIs("Row B, Seat 3");
        await page.Keyboard.PressAsync("End");
        await FocusIs("Row B, Seat 12");
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Home");
        await FocusIs("Row B, Seat 1");
        await Expect(page.Locator(".seat[aria-selected=true]")).ToHaveCountAsync(2);

        // From the map the next stop is the choice, and the button behind it.
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("#hold")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        await Expect(page.Locator(".places li")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Map_TwoThousandSeats_AreInViewAtOnce()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(House(sections: 4, rows: 20, seats: 25));
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await Expect(page.Locator(".seat")).ToHaveCountAsync(2000);
        await page.Locator(".seat").Nth(1990).ClickAsync();
        await page.Locator("#hold").ClickAsync();
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        buyer.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Map_SixtyThousandSeats_IsChosenBySection()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(House(sections: 60, rows: 25, seats: 40));
        var buyer = await shop.BuyerAsync();
        var maps = new ConcurrentQueue<IRequest>();
        buyer.Context.RequestFinished += (_, request) =>
        {
            if (request.Url.Contains("available-seats", StringComparison.Ordinal))
            {
                maps.Enqueue(request);
            }
        };
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await Expect(page.Locator(".block")).ToHaveCountAsync(60);
        await buyer.LookAsync("sections");
        await page.Locator(".block").Nth(20).ClickAsync();
        await Expect(page.Locator(".seat")).ToHaveCountAsync(1000);
        await buyer.LookAsync("section");
        await buyer.Seat("Row 7, Seat 20,").ClickAsync();
        await page.Locator("#hold").ClickAsync();
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();

        // The house is not fetched seat by seat.
        var fetched = 0;
        foreach (var map in maps)
        {
            fetched += (await map.SizesAsync()).ResponseBodySize;
        }

        fetched.ShouldBeInRange(1, 100_000);
        buyer.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Map_SectionOfTenThousand_IsShownInParts()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(new SaleBuilder().Section("Field", 10_000, 44_000));
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await page.Locator(".block").ClickAsync();
        await Expect(page.Locator(".parts .chip")).ToHaveCountAsync(5);
        await page.Locator(".parts .chip").Nth(4).ClickAsync();
        await buyer.Seat("Seat 9999,").ClickAsync();
        await page.Locator("#hold").ClickAsync();
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        buyer.ShouldHaveSaidNothing();
    }
}
