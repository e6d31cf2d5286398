using System.Text.RegularExpressions;
using Concert.Rush.Options;
using Concert.Testing.Http;
using Concert.Testing.Sales;
using Concert.Web.Tests.Support;
using Spectre.Console;

namespace Concert.Web.Tests.Ops;

/// <summary>A sale as it happens, during a drill of the sales generator; and what staff do about it.</summary>
public sealed partial class LiveTests(Chromium chromium)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A waiting room that lets some in every second, so that there is a line, and a sale of some seconds.</summary>
    private static readonly string[] Slowly = ["--WaitingRoom:MaxActive=40", "--WaitingRoom:AdmitPerInterval=30", "--WaitingRoom:AdmitInterval=00:00:01"];

    [Fact]
    public async Task Live_DuringADrill_ShowsTheSaleAndThatTheBooksBalance()
    {
        await using var shop = await Shop.OpenAsync(chromium, Slowly);
        var staff = await shop.BuyerAsync(options => options.ViewportSize = new() { Width = 1280, Height = 1150 });
        var page = await staff.AtDeskAsync();
        using var console = new StringWriter();
        var drill = RushCommand.InvokeAsync(
            ["--url", shop.Url, "--admin-key", Shop.AdminKey, "--scenario", "places", "--buyers", "600", "--places", "350", "--section-size", "50", "--pay-share", "0.8", "--cancel-share", "0.1",
                "--rolling", "on", "--seed", "7", "--connections", "64", "--settle", "00:00:05", "--timeout", "00:02:00"],
            AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(console) }), Stop);

        // The list is not told of what is new: staff look again.
        for (var look = 0; look < 60 && await page.Locator(".schedules li").CountAsync() == 0; look++)
        {
            await page.ShowAsync("#/webhooks");
            await Expect(page.Locator("h1")).ToHaveTextAsync("Webhooks");
            await page.ShowAsync("#/");
            await Expect(page.Locator(".schedules li, .empty").First).ToBeVisibleAsync();
        }

        var schedule = (await page.Locator("[data-schedule]").First.GetAttributeAsync("data-schedule"))!;
        await page.Locator("[data-schedule]").First.ClickAsync();
        await Expect(page.Locator(".tile")).ToHaveCountAsync(7);
        await Expect(page.Locator("#waiting")).Not.ToHaveTextAsync("0");
        await Expect(page.Locator("[data-kind=sold]")).Not.ToHaveTextAsync("0");
        await Expect(page.Locator(".bars")).ToContainTextAsync("Reserve: held");
        await Expect(page.Locator(".series.accepted")).ToHaveAttributeAsync("d", Drawn());
        await Expect(page.Locator("#books")).ToBeVisibleAsync();
        await Expect(page.Locator(".tile").First).ToHaveTextAsync(SectionLabel());
        await Expect(page.Locator(".money .sum strong")).Not.ToHaveTextAsync("₩0");
        await Expect(page.Locator("[data-kind=sold]")).ToHaveTextAsync(AHundred());
        await staff.LookAsync("ops-live");

        (await drill).ShouldBe(0, console.ToString());
        var report = (await shop.Api.ReportAsync(schedule, Stop)).Require("Report");
        await Expect(page.Locator("[data-kind=sold]")).ToHaveTextAsync($"{report.Sold}");
        await Expect(page.Locator("[data-kind=held]")).ToHaveTextAsync($"{report.Held}");
        await Expect(page.Locator("#books")).ToHaveAttributeAsync("data-state", "BALANCED");
        await Expect(page.Locator("#books")).ToHaveTextAsync("The books balance.");
        await Expect(page.Locator(".queue .big")).ToHaveTextAsync("0");
        await Expect(page.Locator(".letters .fine")).ToBeVisibleAsync();
        await staff.LookAsync("ops-live-after");
        staff.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Live_HiddenTab_AsksForNothingUntilLookedAt()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}");
        await Expect(page.Locator("[data-kind=available]")).ToHaveTextAsync("34");
        await page.EvaluateAsync("() => { Object.defineProperty(document, 'hidden', { get: () => window.away === true }); window.away = true; }");
        await page.WaitForTimeoutAsync(4000);
        var asked = 0;
        page.Request += (_, request) => asked += request.Url.Contains("/live", StringComparison.Ordinal) ? 1 : 0;
        await page.WaitForTimeoutAsync(5000);
        asked.ShouldBe(0);
        await shop.TakeAsync(sale, "jun", pay: false, sale.Seats[0]);
        await page.EvaluateAsync("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }");
        await Expect(page.Locator("[data-kind=held]")).ToHaveTextAsync("1");
        asked.ShouldBeGreaterThan(0);
        staff.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Live_ConnectionLost_SaysSoAndGoesOn()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}");
        await Expect(page.Locator("[data-kind=available]")).ToHaveTextAsync("34");
        await staff.Context.SetOfflineAsync(true);
        await Expect(page.Locator(".notice.offline")).ToBeVisibleAsync();
        await staff.LookAsync("ops-offline");
        await shop.TakeAsync(sale, "jun", pay: false, sale.Seats[0]);
        await staff.Context.SetOfflineAsync(false);
        await Expect(page.Locator("[data-kind=held]")).ToHaveTextAsync("1");
        await Expect(page.Locator(".notice.offline")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Pause_AndResume_StopAndGoOnSelling()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}");
        await page.Locator("#pause").ClickAsync();
        await Expect(page.Locator(".state .badge")).ToHaveTextAsync("Sales paused");
        await Expect(page.Locator("#pause")).ToHaveTextAsync("Resume sales");
        await Expect(page.Locator("#pause")).ToBeFocusedAsync();
        await staff.LookAsync("ops-paused");
        var token = (await shop.Api.IssueAsync("jun", sale.ConcertId, null, Stop)).Require("Joining").Token!;
        (await shop.Api.ReserveAsync(token, [sale.Seats[0]], null, Stop)).Code.ShouldBe("booking-closed");

        await page.Locator("#pause").ClickAsync();
        await Expect(page.Locator(".state .badge")).ToHaveTextAsync("On sale");
        await shop.TakeAsync(sale, "mina", pay: false, sale.Seats[0]);
        await Expect(page.Locator("[data-kind=held]")).ToHaveTextAsync("1");
        staff.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task CallOff_TypedTwice_IsWatchedToItsEnd()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--RepairPaymentsSchedule=00:00:01", "--Booking:CallOffSettle=00:00:05");
        var sale = await shop.SellHouseAsync();
        await shop.TakeAsync(sale, "jun", pay: false, sale.Seats[0]);
        var (token, paid) = await shop.TakeAsync(sale, "mina", pay: true, sale.Seats[1], sale.Seats[2]);
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}");
        await page.Locator("#call-off").ClickAsync();
        await page.Locator("#call-off-go").ClickAsync();
        await Expect(page.Locator("#confirm-wrong")).ToHaveTextAsync("Give a reason. Buyers read it.");
        await page.Locator("#reason").FillAsync("The singer is ill.");
        await page.Locator("#confirm-name").FillAsync("Night of star");
        await page.Locator("#call-off-go").ClickAsync();
        await Expect(page.Locator("#confirm-wrong")).ToHaveTextAsync("That is not the concert’s name.");
        await staff.LookAsync("ops-call-off");
        (await shop.Api.ReportAsync(sale.ScheduleId, Stop)).Require("Report").CallOff.ShouldBeNull();

        await page.Locator("#confirm-name").FillAsync("Night of stars");
        await page.Locator("#call-off-go").ClickAsync();
        await Expect(page.Locator("dialog")).ToHaveCountAsync(0);
        await Expect(page.Locator(".state .badge")).ToHaveTextAsync("Called off");
        await Expect(page.Locator("#pause")).ToHaveCountAsync(0);
        await Expect(page.Locator("#call-off-progress")).ToHaveAttributeAsync("data-finished", "true");
        await Expect(page.Locator("#call-off-progress")).ToContainTextAsync("Refunded, ₩240,000");
        await Expect(page.Locator("#call-off-progress")).ToContainTextAsync("The singer is ill.");
        await Expect(page.Locator("#call-off-progress")).ToContainTextAsync("Everybody has everything back.");
        await staff.LookAsync("ops-called-off");
        (await shop.Api.ReservationAsync(token, paid, null, Stop)).Require("Reservation").Status.ShouldBe("CANCELLED");

        // Nothing of it can be changed any more, and the page says so.
        await page.ShowAsync($"#/sale/{sale.ScheduleId}/places");
        await Expect(page.Locator(".hint")).ToContainTextAsync("called off");
        staff.ShouldHaveSaidNothing();
    }

    [GeneratedRegex("^M.*L", RegexOptions.None, 1000)]
    private static partial Regex Drawn();

    [GeneratedRegex("^[1-9][0-9][0-9]$", RegexOptions.None, 1000)]
    private static partial Regex AHundred();

    [GeneratedRegex("(?: left|Nothing left) of 50; [0-9]+ held, [0-9]+ sold, 0 blocked$", RegexOptions.None, 1000)]
    private static partial Regex SectionLabel();
}
