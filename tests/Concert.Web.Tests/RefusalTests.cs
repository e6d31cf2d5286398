using System.Net.Sockets;
using System.Text;
using Concert.Testing.Http;
using Concert.Testing.Sales;
using Concert.Web.Tests.Support;

namespace Concert.Web.Tests;

/// <summary>Each refusal that a buyer can meet: it says what happened, and has a way on.</summary>
public sealed class RefusalTests(Chromium chromium)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task SaysAsync(IPage page, string code) => Expect(page.Locator(".problem").First).ToHaveAttributeAsync("data-code", code);

    [Fact]
    public async Task Hold_TwoBrowsersForOneSeat_OneHasItAndTheOtherIsOfferedItsNeighbour()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyers = await Task.WhenAll(shop.BuyerAsync(), shop.BuyerAsync());
        await Task.WhenAll(buyers.Select(async (buyer, i) =>
        {
            await buyer.ToSeatsAsync(sale, $"racer-{i}");
            await buyer.Seat("Row B, Seat 5,").ClickAsync();
        }));
        await Task.WhenAll(buyers.Select(buyer => buyer.Page.Locator("#hold").ClickAsync()));

        await Task.WhenAll(buyers.Select(buyer => Expect(buyer.Page.Locator("#pay, .problem[data-code=seat-taken]").First).ToBeVisibleAsync()));
        var won = new List<Buyer>();
        var lost = new List<Buyer>();
        foreach (var buyer in buyers)
        {
            (await buyer.Page.Locator("#pay").CountAsync() > 0 ? won : lost).Add(buyer);
        }

        won.Count.ShouldBe(1);
        var page = lost.ShouldHaveSingleItem().Page;
        await Expect(lost[0].Seat("Row B, Seat 5,")).ToHaveAttributeAsync("aria-label", "Row B, Seat 5, Regular, ₩80,000, held by somebody, just taken by somebody else");
        await Expect(lost[0].Seat("Row B, Seat 5,")).ToHaveClassAsync("seat tier-1 HELD LOST");
        await lost[0].LookAsync("seat-taken");
        await page.Locator("#take-instead").ClickAsync();
        await page.Locator("#hold").ClickAsync();
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        await Expect(page.Locator(".places")).ToContainTextAsync("Row B, seat 4");
    }

    /// <summary>A seat is refused from the moment that another has asked for it; the map shows it as held only once that is decided.</summary>
    [Fact]
    public async Task Hold_SeatThatTheMapStillShowsAsFree_IsNotOfferedInsteadOfItself()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        string? map = null;
        await buyer.Context.RouteAsync("**/events?**", route => route.AbortAsync());
        await buyer.Context.RouteAsync("**/available-seats?**include=all**", async route =>
        {
            var answer = await route.FetchAsync(new() { Headers = [.. route.Request.Headers.Where(h => h.Key != "if-none-match")] });
            map ??= await answer.TextAsync();
            await route.FulfillAsync(new() { Response = answer, Body = map });
        });
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await buyer.Seat("Row B, Seat 5,").ClickAsync();
        await shop.TakeAsync(sale, "jun", pay: false, sale.Sections[0][14]);
        await page.Locator("#hold").ClickAsync();

        await SaysAsync(page, "seat-taken");
        await Expect(buyer.Seat("Row B, Seat 5,")).ToHaveClassAsync("seat tier-1 AVAILABLE LOST");
        await Expect(buyer.Seat("Row B, Seat 4,")).ToHaveClassAsync("seat tier-1 AVAILABLE OFFER");
        await Expect(page.Locator("#take-instead")).ToContainTextAsync("Row B, seat 4");
    }

    [Fact]
    public async Task Map_SeatThatAnotherTakes_IsShownAndGivenUpByItself()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await buyer.Seat("Row A, Seat 3,").ClickAsync();
        await shop.TakeAsync(sale, "jun", pay: true, sale.Sections[0][2]);

        await SaysAsync(page, "seat-taken");
        await Expect(buyer.Seat("Row A, Seat 3,")).ToHaveAttributeAsync("aria-label", "Row A, Seat 3, VIP, ₩120,000, sold, just taken by somebody else");
        await Expect(page.Locator("#hold")).ToHaveAttributeAsync("aria-disabled", "true");
        buyer.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Best_MoreThanAreLeft_IsSoldOutAndFewerAreHeld()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(new SaleBuilder().Section("A", 2, 50_000));
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await page.Locator(".best summary").ClickAsync();
        await page.Locator(".best .stepper button").Nth(1).ClickAsync();
        await page.Locator("#best-go").ClickAsync();
        await SaysAsync(page, "sold-out");
        await buyer.LookAsync("sold-out");
        await page.Locator(".best .stepper button").First.ClickAsync();
        await page.Locator("#best-go").ClickAsync();
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        await Expect(page.Locator(".places li")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Best_Anywhere_AreHeld()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(new SaleBuilder().Grade("S", "Silver", 40_000)
            .Rows("Left", new RowRequest("A", 1, 4, Grade: "S")).Rows("Right", new RowRequest("A", 1, 9, Grade: "S")));
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await page.Locator(".best summary").ClickAsync();
        await page.Locator("#best-grade").SelectOptionAsync("S");
        await page.Locator("#best-together").CheckAsync();
        await page.Locator("#best-go").ClickAsync();
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        await Expect(page.Locator(".places li")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Hold_WhileSalesArePaused_IsBookingClosed()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await buyer.Seat("Row A, Seat 3,").ClickAsync();
        (await shop.Api.ChangeScheduleAsync(sale.ScheduleId, new { salesPaused = true }, null, Stop)).Require("Pausing");
        await page.Locator("#hold").ClickAsync();
        await SaysAsync(page, "booking-closed");
        await buyer.LookAsync("booking-closed");
        await page.Locator(".problem a").ClickAsync();
        await Expect(page.Locator(".dates .card")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Hold_MoreThanOneMayHave_IsLimitReached()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--Booking:MaxPerUser=2");
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.HoldAsync(sale, "mina", "Row A, Seat 1");
        await page.GotoAsync($"{shop.Url}/#/concert/{sale.ConcertId}/{sale.ScheduleId}");
        foreach (var seat in new[] { "Row C, Seat 3,", "Row C, Seat 4,", "Row C, Seat 5," })
        {
            await buyer.Seat(seat).ClickAsync();
        }

        await Expect(page.Locator(".hint")).ToHaveTextAsync("2 seats at most.");
        await page.Locator("#hold").ClickAsync();
        await SaysAsync(page, "limit-reached");
        // What is held already is where it leads to, and is said above.
        await Expect(page.Locator(".notice.hold")).ToContainTextAsync("Held for you");
        await page.Locator(".problem a").ClickAsync();
        await Expect(page.Locator(".reservations .badge")).ToHaveTextAsync(["Refused", "To be paid"], new() { UseInnerText = true });
    }

    [Fact]
    public async Task Hold_NotPaidInTime_EndsAndLeadsBackToTheSeats()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--Booking:HoldFor=00:00:05", "--Booking:ReleaseGrace=00:00:01", "--ReleaseExpiredHoldsSchedule=00:00:01");
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.HoldAsync(sale, "mina", "Row A, Seat 1");
        await SaysAsync(page, "hold-expired");
        await Expect(page.Locator("#pay")).ToHaveCountAsync(0);
        await buyer.LookAsync("hold-expired");
        await Expect(page.Locator("h1")).ToHaveTextAsync("The hold has ended");
        await Expect(page.GetByText("It was not paid in time")).ToBeVisibleAsync();
        await buyer.LookAsync("expired");
        await page.GetByRole(AriaRole.Link, new() { Name = "Choose seats again" }).ClickAsync();
        await Expect(buyer.Seat("Row A, Seat 1,")).ToHaveClassAsync("seat tier-0 AVAILABLE");
        buyer.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Pay_BalanceSpentMeanwhile_OffersTheTopUp()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var dear = await shop.SellAsync(new SaleBuilder().Section("A", 3, 100_000));
        await shop.Api.ChargeAsync(null, "mina", 120_000, null, Stop);
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");
        await buyer.Seat("Row A, Seat 1,").ClickAsync();
        await page.Locator("#hold").ClickAsync();
        await Expect(page.Locator("#pay:not([aria-disabled])")).ToBeVisibleAsync();

        // Two tabs pay at once: one of them has the money.
        var other = await buyer.TabAsync($"#/concert/{dear.ConcertId}/{dear.ScheduleId}");
        await other.Locator("#join").ClickAsync();
        await other.Locator(".dates a.card").ClickAsync();
        await other.Locator(".seat.AVAILABLE").First.ClickAsync();
        await other.Locator("#hold").ClickAsync();
        await other.Locator("#pay:not([aria-disabled])").ClickAsync();
        await Expect(other.Locator(".qr img")).ToBeVisibleAsync();

        // The other's payment ended the turn, so that the way on is the line; and from there back to what is held.
        await page.Locator("#pay").ClickAsync();
        await SaysAsync(page, "token-expired");
        await page.Locator(".problem a").First.ClickAsync();
        await page.Locator("#join").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the seats" }).ClickAsync();
        await Expect(page.Locator(".lacks")).ToContainTextAsync("₩100,000");
        await buyer.LookAsync("top-up");
        await page.Locator("#charge").ClickAsync();
        await page.Locator("#pay:not([aria-disabled])").ClickAsync();
        await Expect(page.Locator(".qr img")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Reservation_OfAnotherUser_IsNotThere()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var (_, theirs) = await shop.TakeAsync(sale, "jun", pay: false, sale.Seats[0]);
        var buyer = await shop.BuyerAsync();
        var page = await buyer.EnterAsync(sale, "mina");
        await page.GotoAsync($"{shop.Url}/#/reservation/{theirs}");
        await SaysAsync(page, "not-yours");
        await page.GetByRole(AriaRole.Link, new() { Name = "All concerts" }).ClickAsync();
        await Expect(page.Locator(".card.concert")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Cancel_TicketUsedMeanwhile_IsNotCancellable()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.BuyAsync(sale, "mina", "Row A, Seat 1");
        var code = await page.Locator(".qr figcaption").TextContentAsync();
        (await shop.Api.CheckInAsync(code!, null, Stop)).Require("Checking in");
        await page.Locator(".cancel summary").ClickAsync();
        await page.Locator("#cancel").ClickAsync();
        await page.Locator("#cancel-sure").ClickAsync();
        await SaysAsync(page, "not-cancellable");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show how it stands" }).ClickAsync();
        await Expect(page.Locator(".ticket .badge")).ToContainTextAsync("Used");
        await Expect(page.GetByText("The ticket was used, so it cannot be cancelled.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Cancel_TooLate_IsSaidBeforeItIsAskedFor()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(new SaleBuilder().Section("A", 3, 50_000).At(TimeSpan.FromHours(20), TimeSpan.FromMinutes(-5), TimeSpan.FromHours(1)));
        var buyer = await shop.BuyerAsync();
        var page = await buyer.BuyAsync(sale, "mina", "Seat 1");
        await Expect(page.GetByText("It is too late to cancel this reservation.")).ToBeVisibleAsync();
        await Expect(page.Locator("#cancel")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Schedule_CalledOff_IsSaidWithWhatCameBack()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--ReleaseExpiredHoldsSchedule=00:00:01", "--RepairPaymentsSchedule=00:00:01");
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.BuyAsync(sale, "mina", "Row A, Seat 1");
        (await shop.Api.CallOffAsync(sale.ScheduleId, "The singer is ill", null, Stop)).Require("Calling off");
        await page.ReloadAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Called off");
        await Expect(page.GetByText("The performance was called off.")).ToBeVisibleAsync();
        await Expect(page.Locator(".sum")).ToContainTextAsync("₩120,000");
        await buyer.LookAsync("called-off");
        await page.GotoAsync($"{shop.Url}/#/reservations");
        await Expect(page.Locator(".reservations .badge")).ToHaveTextAsync("Called off");
    }

    [Fact]
    public async Task Hold_ServiceIsFull_WaitsAndTriesAgain()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--Api:MaxConcurrentRequests=1");
        var sale = await shop.SellAsync(new SaleBuilder().Standing("Floor", 10, 30_000));
        var buyer = await shop.BuyerAsync();
        var page = await buyer.ToSeatsAsync(sale, "mina");

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var slow = SendSlowlyAsync(new Uri(shop.Url), end.Token);
        await page.Locator("[data-inventory]").ClickAsync();
        await SaysAsync(page, "too-many-requests");
        await buyer.LookAsync("too-many-requests");
        await end.CancelAsync();
        await slow;
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        (await shop.Api.ReportAsync(sale.ScheduleId, Stop)).Require("Report").Held.ShouldBe(1);
    }

    /// <summary>A request whose body comes so slowly that it has its place among the concurrent ones until it is told to stop.</summary>
    private static async Task SendSlowlyAsync(Uri url, CancellationToken end)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, end);
        var stream = client.GetStream();
        await stream.WriteAsync("POST /api/user/charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n"u8.ToArray(), end);
        var blanks = Encoding.ASCII.GetBytes(new string(' ', 250));
        try
        {
            while (true)
            {
                await stream.WriteAsync(blanks, end);
                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, end);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Told to stop: the connection closes, and its place is free.
        }
    }
}
