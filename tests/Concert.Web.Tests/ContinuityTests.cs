using Concert.Testing.Http;
using Concert.Testing.Sales;
using Concert.Web.Tests.Support;

namespace Concert.Web.Tests;

/// <summary>Reloads, the back button, two tabs, lost connections, wrong clocks, impatient fingers: the buyer knows where they stand, and nothing happens twice.</summary>
public sealed class ContinuityTests(Chromium chromium)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reload_AtEachStep_GoesOnWhereItWas()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.SignInAsync(sale, "mina");
        await page.ReloadAsync();
        await page.Locator("#join").ClickAsync();
        await Expect(page.Locator(".dates a.card")).ToHaveCountAsync(1);
        await page.ReloadAsync();
        await page.Locator(".dates a.card").ClickAsync();
        await Expect(page.Locator(".seat").First).ToBeVisibleAsync();
        await page.ReloadAsync();
        await buyer.Seat("Row A, Seat 2,").ClickAsync();
        await page.Locator("#hold").ClickAsync();
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await page.Locator("#charge").ClickAsync();
        await Expect(page.Locator("#balance")).ToHaveTextAsync("₩120,000");
        await page.ReloadAsync();
        await page.Locator("#pay:not([aria-disabled])").ClickAsync();
        await Expect(page.Locator(".qr img")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.Locator(".qr img")).ToBeVisibleAsync();

        await page.GoBackAsync();
        await Expect(page.Locator(".problem").Or(page.Locator(".seat").First).First).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your turn is over" })).ToBeVisibleAsync();
        await page.GoForwardAsync();
        await page.GoForwardAsync();
        await Expect(page.Locator(".qr img")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Pay_PressedTwice_IsChargedOnce()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.HoldAsync(sale, "mina", "Row A, Seat 1");
        await page.Locator("#amount").FillAsync("500000");
        await page.Locator("#charge").DblClickAsync();
        await Expect(page.Locator("#balance")).ToHaveTextAsync("₩500,000");
        await page.Locator("#pay:not([aria-disabled])").DblClickAsync();
        await Expect(page.Locator(".qr img")).ToBeVisibleAsync();
        await page.GotoAsync($"{shop.Url}/#/wallet");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(page.Locator("#balance")).ToHaveTextAsync("₩380,000");
        buyer.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Charge_AnswerLostAndPageReloaded_HappensOnce()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.HoldAsync(sale, "mina", "Row A, Seat 1");

        // The service gets it, and its answer is lost on the way.
        var arrived = new TaskCompletionSource();
        await page.RouteAsync("**/api/user/charge", async route =>
        {
            await route.FetchAsync();
            await route.AbortAsync();
            arrived.TrySetResult();
        });
        await page.Locator("#charge").ClickAsync();
        await arrived.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);

        // The page begins anew and knows only what it kept: it asks again under the same key. No answer comes before it has gone.
        await page.GotoAsync("about:blank");
        await page.UnrouteAsync("**/api/user/charge");
        var again = await page.RunAndWaitForResponseAsync(() => page.GotoAsync($"{shop.Url}/#/wallet"), response => response.Url.EndsWith("/api/user/charge", StringComparison.Ordinal));
        again.Status.ShouldBe(200);
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("#balance")).ToHaveTextAsync("₩120,000");
        (await shop.Api.BalanceAsync(null, "mina", Stop)).Require("Balance").Balance.ShouldBe(120_000);
    }

    [Fact]
    public async Task Pay_AnswerLostAndPageReloaded_ShowsTheTicket()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.HoldAsync(sale, "mina", "Row A, Seat 1");
        await page.Locator("#charge").ClickAsync();
        await Expect(page.Locator("#pay:not([aria-disabled])")).ToBeVisibleAsync();
        var arrived = new TaskCompletionSource();
        await page.RouteAsync("**/api/payment", async route =>
        {
            await route.FetchAsync();
            await route.AbortAsync();
            arrived.TrySetResult();
        });
        await page.Locator("#pay").ClickAsync();
        await arrived.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        await page.UnrouteAsync("**/api/payment");
        await page.ReloadAsync();
        await Expect(page.Locator(".qr img")).ToBeVisibleAsync();
        (await shop.Api.ReportAsync(sale.ScheduleId, Stop)).Require("Report").Paid.ShouldBe(120_000);
    }

    [Fact]
    public async Task Connection_LostAndBack_SaysSoAndGoesOn()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await buyer.Seat("Row A, Seat 3,").ClickAsync();
        await buyer.Context.SetOfflineAsync(true);
        await Expect(page.Locator(".notice.offline")).ToBeVisibleAsync();
        await buyer.LookAsync("offline");
        await page.Locator("#hold").ClickAsync();

        // Somebody takes another seat meanwhile; the page hears of it once it is back.
        var token = (await shop.Api.IssueAsync("jun", sale.ConcertId, null, Stop)).Require("Joining").Token!;
        await shop.Api.ReserveAsync(token, [sale.Seats[5]], null, Stop);
        await buyer.Context.SetOfflineAsync(false);
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        await Expect(page.Locator(".notice.offline")).ToBeHiddenAsync();
        await page.GoBackAsync();
        await Expect(buyer.Seat("Row A, Seat 6,")).ToHaveClassAsync("seat tier-0 HELD");
    }

    [Fact]
    public async Task Tabs_Two_ShowTheSameHoldAndTicket()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        await buyer.EnterAsync(sale, "mina");
        var other = await buyer.TabAsync("#/");
        await Expect(other.Locator(".notice.turn")).ToBeVisibleAsync();
        await buyer.Page.Locator(".dates a.card").ClickAsync();
        await buyer.Seat("Row A, Seat 1,").ClickAsync();
        await buyer.Page.Locator("#hold").ClickAsync();
        await Expect(buyer.Page.Locator("#pay")).ToBeVisibleAsync();

        await Expect(other.Locator(".notice.hold")).ToContainTextAsync("Held for you");
        await other.Locator(".notice.hold a").ClickAsync();
        await other.Locator("#charge").ClickAsync();
        await other.Locator("#pay:not([aria-disabled])").ClickAsync();
        await Expect(other.Locator(".qr img")).ToBeVisibleAsync();
        await Expect(buyer.Page.Locator(".qr img")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task Clock_ThatIsOff_CountsByTheService(int seconds)
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        await buyer.Context.AddInitScriptAsync($"{{ const now = Date.now; Date.now = () => now() + {seconds * 1000}; }}");
        var page = await buyer.HoldAsync(sale, "mina", "Row A, Seat 1");
        await Expect(page.Locator(".countdown.big")).ToContainTextAsync("04:5");
        await Expect(page.Locator(".notice").Filter(new() { HasText = "clock is off" })).ToBeVisibleAsync();
        buyer.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Standing_SomePlacesCancelled_RefundsWhatWasShown()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(new SaleBuilder().Standing("Floor", 50, 33_333).At(TimeSpan.FromDays(5), TimeSpan.FromMinutes(-5), TimeSpan.FromDays(1)));
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await page.Locator(".stepper button").Nth(1).ClickAsync();
        await page.Locator(".stepper button").Nth(1).ClickAsync();
        await buyer.LookAsync("standing");
        await page.Locator("[data-inventory]").ClickAsync();
        await page.Locator("#charge").ClickAsync();
        await page.Locator("#pay:not([aria-disabled])").ClickAsync();
        await Expect(page.Locator(".qr img")).ToBeVisibleAsync();
        await page.Locator(".cancel summary").ClickAsync();

        // 90 % of two places, rounded down to the won.
        await page.Locator(".cancel .stepper button").Nth(1).ClickAsync();
        await Expect(page.Locator("#refund")).ToHaveTextAsync("₩59,999");
        await page.Locator("#cancel").ClickAsync();
        await page.Locator("#cancel-sure").ClickAsync();
        await Expect(page.GetByText("₩59,999 refunded")).ToBeVisibleAsync();
        await Expect(page.Locator(".ticket .places")).ToContainTextAsync("1 place");
        (await shop.Api.BalanceAsync(null, "mina", Stop)).Require("Balance").Balance.ShouldBe(59_999);
    }
}
