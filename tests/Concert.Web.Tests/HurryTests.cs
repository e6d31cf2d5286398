using Concert.Web.Tests.Support;

namespace Concert.Web.Tests;

/// <summary>A buyer who goes on before the page has heard everything: what a screen had begun is cut off, and that is no fault of anybody's.</summary>
public sealed class HurryTests(Chromium chromium)
{
    [Fact]
    public async Task Hold_MapHearsOfItBeforeThePageGoesOn_SaysOfNoSeatThatItIsGone()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        // A browser tells of a new address in its own time; here it takes long enough for the map to hear meanwhile on any machine.
        await buyer.Context.AddInitScriptAsync("""
            const add = window.addEventListener;
            window.addEventListener = (type, work, ...rest) => add.call(window, type, type !== 'hashchange' ? work
                : event => setTimeout(work, location.hash.startsWith('#/reservation/') ? 10_000 : 0, event), ...rest);
            """);
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await buyer.Seat("Row A, Seat 2,").ClickAsync();
        await page.Locator("#hold").ClickAsync();
        await page.WaitForFunctionAsync("() => location.hash.startsWith('#/reservation/')");
        var heard = page.WaitForResponseAsync("**/available-seats?*include=all*");
        await shop.TakeAsync(sale, "jun", pay: false, sale.Seats[5]);
        await heard;

        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        await Expect(page.Locator("#urgent")).ToBeEmptyAsync();
        buyer.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Leave_WhileAButtonWaits_IsNoFault()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.HoldAsync(sale, "mina", "Row A, Seat 1");
        await page.Locator("#charge").ClickAsync();
        await Expect(page.Locator("#pay")).Not.ToHaveAttributeAsync("aria-disabled", "true");
        var asked = new TaskCompletionSource();
        await page.RouteAsync("**/api/reservation/*", route =>
        {
            // Only the payment's own look waits so long.
            if (route.Request.Headers.TryGetValue("prefer", out var wait) && wait == "wait=5")
            {
                asked.TrySetResult();
                return Task.CompletedTask;
            }

            return route.ContinueAsync();
        });
        await page.Locator("#pay").ClickAsync();
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        await page.Locator(".nav a").Last.ClickAsync();

        await Expect(page.Locator("#balance")).ToHaveTextAsync("₩0");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        buyer.ShouldHaveSaidNothing();
    }
}
