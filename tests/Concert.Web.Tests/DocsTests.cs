using Concert.Testing.Sales;
using Concert.Web.Tests.Support;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace Concert.Web.Tests;

/// <summary>The browsable contract of a host that has just been started: its steps run, and so does "Try it out" with the examples as they are given.</summary>
public sealed class DocsTests(Chromium chromium)
{
    private static readonly string[] Steps =
    [
        "ListConcerts", "IssueToken", "CheckToken", "ListDates", "ListSeats", "RequestReservation", "GetReservation", "ChargeWallet", "RequestPayment", "GetPayment", "GetTicket",
        "CancelReservation", "ListLedger",
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1200)]
    [InlineData(390)]
    public async Task Walk_EachStepOfTheDemo_LeadsToATicketAndBack(int width)
    {
        await using var shop = await Shop.OpenAsync(chromium, "--Local:Demo=true");
        var reader = await shop.BuyerAsync(options => options.ViewportSize = new() { Width = width, Height = 900 });
        var page = await OpenAsync(reader);
        await Expect(page.Locator("#walk .walk-list button.walk-run:enabled")).ToHaveCountAsync(1);
        await LookAsync(page, "before");
        await RunAsync(page, Steps);

        await Expect(Answer(page, "CheckToken")).ToContainTextAsync("\"status\": \"ACTIVE\"");
        await Expect(Answer(page, "RequestReservation")).ToContainTextAsync("202");
        await Expect(Answer(page, "GetReservation")).ToContainTextAsync("\"status\": \"HELD\"");
        await Expect(Answer(page, "GetPayment")).ToContainTextAsync("\"status\": \"COMPLETED\"");
        await Expect(Answer(page, "GetTicket")).ToContainTextAsync("\"code\"");
        await Expect(page.Locator("#walk img.walk-ticket")).ToHaveJSPropertyAsync("complete", true);
        await Expect(Answer(page, "CancelReservation")).ToContainTextAsync("\"status\": \"CANCELLED\"");
        await Expect(Answer(page, "ListLedger")).ToContainTextAsync("REFUND");
        await LookAsync(page, "after");
        await reader.PictureAsync($"docs-{width}");
        reader.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Walk_AllOfIt_IsOneButton()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--Local:Demo=true");
        var reader = await shop.BuyerAsync();
        var page = await OpenAsync(reader);
        await page.Locator("#walk-all").ClickAsync();
        await Expect(page.Locator("#walk img.walk-ticket")).ToBeVisibleAsync();
        await Expect(page.Locator("#walk .walk-done")).ToHaveCountAsync(11);

        // And once more: another reader, who meets neither the first one's token nor the seat.
        await Expect(page.Locator("#walk-all")).ToBeEnabledAsync();
        await page.Locator("#walk-all").ClickAsync();
        await Expect(page.Locator("#walk .walk-done")).ToHaveCountAsync(11);
        reader.ShouldHaveSaidNothing();
    }

    /// <summary>The browser stands in for the platform in front of the app: it adds the header that the platform would.</summary>
    [Fact]
    public async Task Walk_SignedInByThePlatform_NamesNoUser()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--Identity:Mode=Platform");
        var sale = await shop.SellHouseAsync();
        var reader = await shop.BuyerAsync();
        await reader.Context.RouteAsync("**/api/**", route => route.ContinueAsync(new() { Headers = [.. route.Request.Headers, new("X-MS-CLIENT-PRINCIPAL-ID", "mina")] }));
        var page = await OpenAsync(reader);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "sign in first" })).ToHaveAttributeAsync("href", "/.auth/login/aad?post_login_redirect_uri=%2Fdocs");
        await page.Locator("#walk-all").ClickAsync();
        await Expect(page.Locator("#walk img.walk-ticket")).ToBeVisibleAsync();
        await ExecuteAsync(page, "Wallet", "CheckBalance", 200);
        (await shop.Api.BuyersAsync(sale.ScheduleId, null, null, Stop)).Require("Buyers").Items.Single().UserId.ShouldBe("mina");
        reader.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Walk_NothingOnSale_SaysWhatToDo()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var reader = await shop.BuyerAsync();
        var page = await OpenAsync(reader);
        await page.Locator("#walk-all").ClickAsync();
        await Expect(page.Locator(".walk-status")).ToContainTextAsync("Nothing is on sale here.");
        await Expect(page.Locator("#walk .walk-failed")).ToHaveCountAsync(1);
        await LookAsync(page, "nothing on sale");
        reader.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Walk_RefusedInTheMiddle_SaysTheCodeAndGoesOnFromThere()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(new SaleBuilder().Section("A", 2, 50_000));
        var reader = await shop.BuyerAsync();
        var page = await OpenAsync(reader);
        await RunAsync(page, ["ListConcerts", "IssueToken", "CheckToken", "ListDates", "ListSeats"]);

        // Somebody else is faster.
        var token = (await shop.Api.IssueAsync("other", sale.ConcertId, null, Stop)).Require("Token").Token.ShouldNotBeNull();
        var held = (await shop.Api.ReserveAsync(token, [sale.Seats[0]], null, Stop)).Require("Reservation");
        (await shop.Api.ReservationAsync(token, held.Id, 5, Stop)).Require("Reservation").Status.ShouldBe("HELD");
        await page.Locator("#walk button[data-operation=RequestReservation]").ClickAsync();
        await Expect(page.Locator(".walk-status")).ToContainTextAsync("409 seat-taken.");
        await RunAsync(page, ["ListSeats", "RequestReservation", "GetReservation"]);
        await Expect(Answer(page, "GetReservation")).ToContainTextAsync("\"status\": \"HELD\"");
    }

    /// <summary>Each operation with the examples as they stand in its form, in the order of a sale; nothing is typed but the admin key.</summary>
    [Fact]
    public async Task TryItOut_ExamplesAsGiven_WorkOnAHostWithTheDemo()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--Local:Demo=true");
        var reader = await shop.BuyerAsync();
        var page = await OpenAsync(reader);
        await ExecuteAsync(page, "Concerts", "ListConcerts", 200);
        await ExecuteAsync(page, "Waiting room", "IssueToken", 201);
        await ExecuteAsync(page, "Waiting room", "CheckToken", 200);
        await ExecuteAsync(page, "Concerts", "ListDates", 200);
        await ExecuteAsync(page, "Concerts", "ListSeats", 200);
        await ExecuteAsync(page, "Wallet", "ChargeWallet", 200);
        await ExecuteAsync(page, "Wallet", "CheckBalance", 200);
        await ExecuteAsync(page, "Reservations", "RequestReservation", 202);
        await ExecuteAsync(page, "Reservations", "GetReservation", 200);
        await ExecuteAsync(page, "Payments", "RequestPayment", 202);
        await ExecuteAsync(page, "Payments", "GetPayment", 200);
        await ExecuteAsync(page, "Payments", "ListPayments", 200);
        await ExecuteAsync(page, "Reservations", "GetTicket", 200);
        await ExecuteAsync(page, "Reservations", "ListReservations", 200);
        await ExecuteAsync(page, "Reservations", "CancelReservation", 202);
        await ExecuteAsync(page, "Wallet", "ListLedger", 200);
        reader.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task TryItOut_StaffsExamples_WorkWithTheAdminKey()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var reader = await shop.BuyerAsync();
        var page = await OpenAsync(reader);
        await page.Locator(".auth-wrapper .authorize").First.ClickAsync();
        var scheme = page.Locator(".modal-ux .auth-container").Filter(new() { HasText = "x-admin-key" });
        await scheme.Locator("input").FillAsync(Shop.AdminKey);
        await scheme.Locator("button.authorize").ClickAsync();
        await page.Locator(".modal-ux .btn-done").First.ClickAsync();
        await ExecuteAsync(page, "Admin", "CreateConcert", 201);
        await ExecuteAsync(page, "Admin", "CreateSchedule", 201);
        await ExecuteAsync(page, "Admin", "BlockPlaces", 200);
        await ExecuteAsync(page, "Admin", "ReportSchedule", 200);
        await ExecuteAsync(page, "Admin", "ListBuyers", 200);
        await ExecuteAsync(page, "Admin", "CallOffSchedule", 202);
        reader.ShouldHaveSaidNothing();
    }

    private static async Task<IPage> OpenAsync(Buyer reader)
    {
        var page = await reader.OpenAsync("docs");
        await Expect(page.Locator("#contract .opblock").First).ToBeVisibleAsync();
        return page;
    }

    private static async Task RunAsync(IPage page, string[] steps)
    {
        foreach (var step in steps)
        {
            await page.Locator($"#walk button[data-operation={step}]").ClickAsync();
            await Expect(Step(page, step)).ToHaveClassAsync("walk-done");
        }
    }

    private static ILocator Step(IPage page, string step) => page.Locator("#walk li").Filter(new() { Has = page.Locator($"button[data-operation={step}]") });

    private static ILocator Answer(IPage page, string step) => Step(page, step).Locator("pre").Nth(1);

    private static async Task ExecuteAsync(IPage page, string tag, string operation, int status)
    {
        var block = page.Locator($"#operations-{tag.Replace(' ', '_')}-{operation}");
        await block.Locator(".opblock-summary-control").ClickAsync();
        await block.Locator("button.execute").ClickAsync();
        await Expect(block.Locator(".live-responses-table .response-col_status").Last).ToContainTextAsync(status.ToString());
    }

    /// <summary>Our part of the page. Swagger UI's markup is not ours, and has violations that we cannot mend.</summary>
    private static async Task LookAsync(IPage page, string moment)
    {
        var found = await page.Locator("#walk").RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        found.Violations.Select(v => $"{v.Id}: {v.Help} {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}").ShouldBeEmpty(moment);
    }
}
