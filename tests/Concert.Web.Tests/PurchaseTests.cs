using Concert.Web.Tests.Support;

namespace Concert.Web.Tests;

/// <summary>A whole purchase, as a stranger does it who only starts the service and opens the page.</summary>
public sealed class PurchaseTests(Chromium chromium)
{
    [Theory]
    [InlineData("en-GB", "Join the line", "Your ticket")]
    [InlineData("ko-KR", "대기열 참여하기", "티켓")]
    public async Task Buy_DemoCatalogue_HasATicketAndCancelsHalfOfIt(string locale, string join, string ticket)
    {
        await using var shop = await Shop.OpenAsync(chromium, "--Local:Demo=true");
        var buyer = await shop.BuyerAsync(options => options.Locale = locale);
        var page = await buyer.OpenAsync();
        await Expect(page.Locator(".card.concert")).ToHaveCountAsync(3);
        await buyer.LookAsync($"concerts-{locale}");

        await page.GetByText("여름밤 콘서트").ClickAsync();
        await page.Locator("#name").FillAsync("mina");
        await buyer.LookAsync($"sign-in-{locale}");
        await page.Locator("form button[type=submit]").ClickAsync();
        await buyer.LookAsync($"join-{locale}");
        await page.GetByRole(AriaRole.Button, new() { Name = join }).ClickAsync();
        await Expect(page.Locator(".dates .card")).ToHaveCountAsync(3);
        await buyer.LookAsync($"dates-{locale}");

        // The second date has rows and grades.
        await page.Locator(".dates a.card").Nth(1).ClickAsync();
        await Expect(page.Locator(".seat").First).ToBeVisibleAsync();
        await page.Locator(".seat.AVAILABLE").Nth(6).ClickAsync();
        await page.Locator(".seat.AVAILABLE").Nth(6).ClickAsync();
        await buyer.LookAsync($"seats-{locale}");
        await page.Locator("#hold").ClickAsync();
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        await buyer.LookAsync($"hold-{locale}");
        await page.Locator("#charge").ClickAsync();
        await page.Locator("#pay:not([aria-disabled])").ClickAsync();

        await Expect(page.Locator(".qr img")).ToBeVisibleAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(ticket);
        await page.Locator(".cancel summary").ClickAsync();
        await page.Locator(".cancel input[type=checkbox]").First.CheckAsync();
        await Expect(page.Locator("#refund")).ToContainTextAsync("150,000");
        await buyer.LookAsync($"ticket-{locale}");
        await page.Locator("#cancel").ClickAsync();
        await buyer.LookAsync($"cancel-{locale}");
        await page.Locator("#cancel-sure").ClickAsync();
        await Expect(page.Locator(".ticket .places li")).ToHaveCountAsync(1);
        await Expect(page.GetByText(locale == "ko-KR" ? "150,000원 환불" : "₩150,000 refunded")).ToBeVisibleAsync();
        await buyer.LookAsync($"cancelled-half-{locale}");

        await page.Locator(".nav a").Nth(1).ClickAsync();
        await Expect(page.Locator(".reservations li")).ToHaveCountAsync(1);
        await buyer.LookAsync($"reservations-{locale}");
        await page.Locator(".nav a").Nth(2).ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator("#balance")).ToContainTextAsync("150,000");
        await buyer.LookAsync($"wallet-{locale}");
        buyer.ShouldHaveSaidNothing();
    }

    /// <summary>The browser stands in for the platform in front of the app: it adds the header that the platform would, once the page sends its session.</summary>
    [Fact]
    public async Task Buy_SignedInByThePlatform_NeedsNoName()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--Identity:Mode=Platform");
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        await buyer.Context.RouteAsync("**/api/**", route => route.ContinueAsync(new()
        {
            Headers = route.Request.Headers.TryGetValue("x-zumo-auth", out var session) && session == "session-of-mina"
                ? [.. route.Request.Headers, new("X-MS-CLIENT-PRINCIPAL-ID", "mina")]
                : route.Request.Headers,
        }));
        var page = await buyer.OpenAsync($"#/concert/{sale.ConcertId}");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await Expect(page.Locator("#name")).ToHaveCountAsync(0);

        // What the platform's login comes back with; the page had noted where it was.
        await page.EvaluateAsync("hash => sessionStorage.setItem('concert.back', hash)", $"#/concert/{sale.ConcertId}");
        await page.GotoAsync("about:blank");
        await page.GotoAsync($"{shop.Url}/#token={Uri.EscapeDataString("""{"authenticationToken":"session-of-mina","user":{"userId":"sid:1"}}""")}");
        await page.Locator("#join").ClickAsync();
        page.Url.ShouldNotContain("token");
        await page.Locator(".dates a.card").ClickAsync();
        await buyer.Seat("Row A, Seat 1,").ClickAsync();
        await page.Locator("#hold").ClickAsync();
        await page.Locator("#charge").ClickAsync();
        await page.Locator("#pay:not([aria-disabled])").ClickAsync();
        await Expect(page.Locator(".qr img")).ToBeVisibleAsync();
        (await shop.Api.BuyersAsync(sale.ScheduleId, null, null, TestContext.Current.CancellationToken)).Require("Buyers").Items.Single().UserId.ShouldBe("mina");
        buyer.ShouldHaveSaidNothing();
    }
}
