using Concert.Testing.Http;
using Concert.Testing.Sales;
using Concert.Web.Tests.Support;

namespace Concert.Web.Tests;

/// <summary>What the service says by itself reaches the page, and a page that it cannot reach that way goes on asking.</summary>
public sealed class LiveTests(Chromium chromium)
{
    private const string Streams = "/api/concert/events";
    private const string OfASchedule = Streams + "?concertScheduleId=";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Map_SeatTakenInAnotherBrowser_ChangesWithoutAsking()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var looker = await shop.BuyerAsync();
        await looker.Context.Clock.InstallAsync();
        var opened = Answered(looker, OfASchedule);
        var page = await looker.ToSeatsAsync(sale, "mina");
        await opened.WaitAsync(Patience, Stop);
        await Expect(looker.Seat("Row A, Seat 4,")).ToHaveClassAsync("seat tier-0 AVAILABLE");

        // From here on no timer of the page fires: it asks only when it is told to.
        await page.Clock.PauseAtAsync(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(5));
        var taker = await shop.BuyerAsync();
        await taker.HoldAsync(sale, "jun", "Row A, Seat 4");

        await Expect(looker.Seat("Row A, Seat 4,")).ToHaveClassAsync("seat tier-0 HELD");
        looker.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Turn_ThatComes_IsSaidWithoutAsking()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--WaitingRoom:MaxActive=1", "--WaitingRoom:AdmitInterval=00:00:01");
        var sale = await shop.SellHouseAsync();
        var first = await shop.BuyerAsync();
        await first.EnterAsync(sale, "first");
        var second = await shop.BuyerAsync();
        var third = await shop.BuyerAsync();
        await JoinAsync(second, sale, "second");
        var opened = Answered(third, Streams);
        var page = await JoinAsync(third, sale, "third");
        await Expect(page.Locator("#position")).ToContainTextAsync("2");
        await opened.WaitAsync(Patience, Stop);
        await third.Context.RouteAsync("**/api/queue/check", route => route.AbortAsync());

        await LeaveAsync(second);
        await Expect(page.Locator("#position")).ToContainTextAsync("1");
        await LeaveAsync(first);
        await Expect(page.Locator(".dates a.card")).ToHaveCountAsync(1);
        await Expect(page.Locator(".notice.offline")).ToBeHiddenAsync();
        third.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Stream_BrokenTwice_IsLeftAndThePageAsks()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var looker = await shop.BuyerAsync();
        var tried = 0;
        var twice = new TaskCompletionSource();

        // Something on the way ends what it should hand on.
        await looker.Context.RouteAsync($"**{Streams}*", route =>
        {
            if (Interlocked.Increment(ref tried) == 2)
            {
                twice.TrySetResult();
            }

            return route.FulfillAsync(new() { ContentType = "text/event-stream", Body = "retry: 2000\n\n" });
        });
        await looker.ToSeatsAsync(sale, "mina");
        await twice.Task.WaitAsync(Patience, Stop);
        await Expect(looker.Seat("Row A, Seat 4,")).ToHaveClassAsync("seat tier-0 AVAILABLE");

        await TakeAsync(shop, sale, 3);

        await Expect(looker.Seat("Row A, Seat 4,")).ToHaveClassAsync("seat tier-0 HELD");
        tried.ShouldBe(2);
    }

    [Fact]
    public async Task Host_WithoutStreams_IsAskedOnceForThemAndThenForTheMap()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var looker = await shop.BuyerAsync();
        var tried = 0;
        await looker.Context.RouteAsync($"**{Streams}*", route =>
        {
            Interlocked.Increment(ref tried);
            return route.FulfillAsync(new() { Status = 404, ContentType = "application/problem+json", Body = """{"status":404,"code":"invalid-request"}""" });
        });
        await looker.ToSeatsAsync(sale, "mina");
        await Expect(looker.Seat("Row A, Seat 4,")).ToHaveClassAsync("seat tier-0 AVAILABLE");

        await TakeAsync(shop, sale, 3);

        await Expect(looker.Seat("Row A, Seat 4,")).ToHaveClassAsync("seat tier-0 HELD");
        tried.ShouldBe(1);
    }

    [Fact]
    public async Task Tab_ThatIsHidden_ListensNoMoreUntilItIsLookedAt()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var opened = Answered(buyer, OfASchedule);
        var closed = new TaskCompletionSource();
        buyer.Context.RequestFailed += (_, request) =>
        {
            if (request.Url.Contains(OfASchedule, StringComparison.Ordinal))
            {
                closed.TrySetResult();
            }
        };
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await opened.WaitAsync(Patience, Stop);

        await HideAsync(page, true);
        await closed.Task.WaitAsync(Patience, Stop);

        await TakeAsync(shop, sale, 3);
        var again = Answered(buyer, OfASchedule);
        await HideAsync(page, false);
        await again.WaitAsync(Patience, Stop);
        await Expect(buyer.Seat("Row A, Seat 4,")).ToHaveClassAsync("seat tier-0 HELD");
        buyer.ShouldHaveSaidNothing();
    }

    private static Task Answered(Buyer buyer, string part)
    {
        var answered = new TaskCompletionSource();
        buyer.Context.Response += (_, response) =>
        {
            if (response.Url.Contains(part, StringComparison.Ordinal) && response.Status == 200)
            {
                answered.TrySetResult();
            }
        };
        return answered.Task;
    }

    private static async Task<IPage> JoinAsync(Buyer buyer, OpenSale sale, string name)
    {
        var page = await buyer.SignInAsync(sale, name);
        await page.Locator("#join").ClickAsync();
        await Expect(page.Locator("#position")).ToBeVisibleAsync();
        return page;
    }

    private static Task LeaveAsync(Buyer buyer) => buyer.Page.GetByRole(AriaRole.Button, new() { Name = "Leave the line" }).ClickAsync();

    private static async Task TakeAsync(Shop shop, OpenSale sale, int seat)
    {
        var token = (await shop.Api.IssueAsync("jun", sale.ConcertId, null, Stop)).Require("Joining").Token!;
        await shop.Api.ReserveAsync(token, [sale.Seats[seat]], null, Stop);
    }

    private static async Task HideAsync(IPage page, bool isHidden) => await page.EvaluateAsync(
        "hidden => { Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }",
        isHidden);
}
