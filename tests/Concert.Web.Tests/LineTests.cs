using System.Text.RegularExpressions;
using Concert.Testing.Sales;
using Concert.Web.Tests.Support;

namespace Concert.Web.Tests;

/// <summary>Waiting: early, in line, admitted, ended.</summary>
public sealed partial class LineTests(Chromium chromium)
{
    [Fact]
    public async Task Join_BeforeTheOpening_CountsDownAndGoesInByItself()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(new SaleBuilder().Section("A", 10, 50_000).At(TimeSpan.FromDays(30), TimeSpan.FromMinutes(2), TimeSpan.FromDays(1)));
        var buyer = await shop.BuyerAsync();
        var page = await buyer.OpenAsync();
        await Expect(page.Locator(".badge").First).ToContainTextAsync("Sale opens");
        await buyer.SignInAsync(sale, "mina");
        await page.Locator("#join").ClickAsync();
        await Expect(page.Locator(".countdown.big")).ToHaveTextAsync(Seconds());
        await buyer.LookAsync("early");

        // Staff bring the opening forward: the page hears of it, counts to the new one, and asks at that moment.
        var soon = new { bookingStartAt = TimeProvider.System.GetUtcNow().AddSeconds(12) };
        (await shop.Api.ChangeScheduleAsync(sale.ScheduleId, soon, null, TestContext.Current.CancellationToken)).Require("Changing the opening");
        await Expect(page.Locator(".dates a.card")).ToHaveCountAsync(1);
        buyer.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Date_ThatOpensMeanwhile_BecomesALinkByItself()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var later = new SaleBuilder().Section("A", 3, 10_000).At(TimeSpan.FromDays(40), TimeSpan.FromSeconds(25), TimeSpan.FromDays(1));
        (await shop.Api.CreateScheduleAsync(later.Request(sale.ConcertId, TimeProvider.System.GetUtcNow()), "later", TestContext.Current.CancellationToken)).Require("Creating");
        var buyer = await shop.BuyerAsync();
        var page = await buyer.EnterAsync(sale, "mina");
        await Expect(page.Locator(".dates .card")).ToHaveCountAsync(2);
        await Expect(page.Locator(".dates a.card")).ToHaveCountAsync(2, new() { Timeout = 60_000 });
    }

    [Fact]
    public async Task Join_FullHouse_WaitsWithAPlaceUntilSomebodyLeaves()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--WaitingRoom:MaxActive=1", "--WaitingRoom:AdmitInterval=00:00:01");
        var sale = await shop.SellHouseAsync();
        var first = await shop.BuyerAsync();
        await first.EnterAsync(sale, "first");
        var second = await shop.BuyerAsync(options => options.Locale = "ko-KR");
        var page = await second.SignInAsync(sale, "second");
        await page.Locator("#join").ClickAsync();
        await Expect(page.Locator("#position")).ToHaveTextAsync("1번째");
        await second.LookAsync("waiting-ko");
        await Expect(page).ToHaveTitleAsync(FirstPlace());

        // Elsewhere on the page, too, the place in line is said; and the seats are not to be had.
        await page.GotoAsync($"{shop.Url}/#/concert/{sale.ConcertId}/{sale.ScheduleId}");
        await Expect(page.Locator(".problem")).ToHaveAttributeAsync("data-code", "not-admitted");
        await Expect(page.Locator(".notice").Filter(new() { HasText = "1번째" })).ToBeVisibleAsync();
        await page.Locator(".problem a").ClickAsync();
        await Expect(page.Locator("#position")).ToHaveTextAsync("1번째");

        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Leave the line" }).ClickAsync();
        await Expect(page.Locator(".dates a.card")).ToHaveCountAsync(1);
        await Expect(first.Page.Locator("#join")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Turn_ThatEnds_LeadsBackToTheLine()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--WaitingRoom:ActiveFor=00:00:04");
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await Expect(page.Locator(".problem")).ToHaveAttributeAsync("data-code", "token-expired");
        await buyer.LookAsync("turn-over");
        await page.Locator(".problem a").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your turn is over" })).ToBeVisibleAsync();
        await page.Locator("#join").ClickAsync();
        await Expect(page.Locator(".dates a.card")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Join_NameThatIsInLineElsewhere_IsToldSo()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        (await shop.Api.IssueAsync("mina", sale.ConcertId, null, TestContext.Current.CancellationToken)).Require("Joining");
        var buyer = await shop.BuyerAsync();
        var page = await buyer.SignInAsync(sale, "mina");
        await page.Locator("#join").ClickAsync();
        await Expect(page.Locator(".problem")).ToHaveAttributeAsync("data-code", "already-queued");
        await buyer.LookAsync("already-queued");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use another name" }).ClickAsync();
        await page.Locator("#name").FillAsync("mina2");
        await page.Locator("#name").PressAsync("Enter");
        await page.Locator("#join").ClickAsync();
        await Expect(page.Locator(".dates a.card")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Join_AnotherConcertOfOneLine_GoesOnWithTheSamePlace()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var other = await shop.SellAsync(new SaleBuilder().Standing("Floor", 10, 30_000), "Another");
        var buyer = await shop.BuyerAsync();
        var page = await buyer.EnterAsync(sale, "mina");
        await page.GotoAsync($"{shop.Url}/#/concert/{other.ConcertId}");
        await page.Locator("#join").ClickAsync();
        await Expect(page.Locator(".dates a.card")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Token_ThatIsChanged_LeadsToTheLine()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.EnterAsync(sale, "mina");
        await page.EvaluateAsync("""
            () => {
              const kept = JSON.parse(localStorage.getItem('concert.session'));
              for (const id of Object.keys(kept.tokens)) kept.tokens[id] += 'x';
              localStorage.setItem('concert.session', JSON.stringify({ ...kept, last: kept.last + 'x' }));
            }
            """);
        await page.GotoAsync($"{shop.Url}/#/concert/{sale.ConcertId}/{sale.ScheduleId}");
        await page.ReloadAsync();
        await Expect(page.Locator(".problem")).ToHaveAttributeAsync("data-code", "bad-token");
        await page.Locator(".problem a").First.ClickAsync();
        await Expect(page.Locator("#join")).ToBeVisibleAsync();
    }

    [GeneratedRegex("^0[01]:[0-5][0-9]$", RegexOptions.None, 1000)]
    private static partial Regex Seconds();

    [GeneratedRegex("^1번째 · ", RegexOptions.None, 1000)]
    private static partial Regex FirstPlace();
}
