using Concert.Testing.Http;
using Concert.Web.Tests.Support;

namespace Concert.Web.Tests.Ops;

/// <summary>The door: typed, by a scanner that types, and by camera.</summary>
public sealed class DoorTests(Chromium chromium)
{
    /// <summary>A browser that reads codes, and a camera that shows what the test holds in front of it. Chromium on Linux has no such reader.</summary>
    private const string Camera = """
        window.BarcodeDetector = class {
            static async getSupportedFormats() { return ['qr_code']; }
            async detect() { return window.shown ? [{ rawValue: window.shown }] : []; }
        };
        if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
            if (window.forbidden) throw new DOMException('no', 'NotAllowedError');
            const canvas = document.createElement('canvas');
            canvas.width = canvas.height = 64;
            const pen = canvas.getContext('2d');
            setInterval(() => { pen.fillStyle = `hsl(${Date.now() % 360} 50% 50%)`; pen.fillRect(0, 0, 64, 64); }, 50);
            return window.stream = canvas.captureStream(20);
        };
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task ScanAsync(IPage page, string code)
    {
        // As a scanner does it: keys, and Enter at the end, whatever was there before.
        await page.Keyboard.TypeAsync(code);
        await page.Keyboard.PressAsync("Enter");
    }

    [Fact]
    public async Task CheckIn_OnceTwiceForgedAndCancelled_IsGreenThenRed()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var (token, bought) = await shop.TakeAsync(sale, "mina", pay: true, sale.Seats[3], sale.Seats[4]);
        var code = (await shop.Api.TicketAsync(token, bought, Stop)).Require("Ticket").Code;
        var (other, given) = await shop.TakeAsync(sale, "jun", pay: true, sale.Seats[6]);
        var gone = (await shop.Api.TicketAsync(other, given, Stop)).Require("Ticket").Code;
        (await shop.Api.CancelAsync(other, given, null, Stop)).Require("Cancelling");

        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}/door");
        var answer = page.Locator("#answer");
        await Expect(page.Locator("#no-camera")).ToContainTextAsync("Type the code");
        await Expect(page.Locator("#camera")).ToHaveCountAsync(0);
        await Expect(page.Locator("#code")).ToBeFocusedAsync();
        await staff.LookAsync("ops-door");

        await ScanAsync(page, code);
        await Expect(answer).ToHaveClassAsync("answer in");
        await Expect(answer).ToContainTextAsync("Let in");
        await Expect(answer).ToContainTextAsync("2 people");
        await Expect(answer).ToContainTextAsync("Stalls · Row A, seat 4, Row A, seat 5");
        await Expect(page.Locator("#urgent")).ToContainTextAsync("Let in 2 people Stalls");
        await staff.LookAsync("ops-door-in");

        // Ready for the next one without a click.
        await Expect(page.Locator("#code")).ToBeFocusedAsync();
        await Expect(page.Locator("#code")).ToHaveValueAsync("");
        await ScanAsync(page, code);
        await Expect(answer).ToHaveClassAsync("answer out");
        await Expect(answer).ToContainTextAsync("This ticket was used");
        await Expect(answer).ToContainTextAsync("Nobody else gets in with it.");
        await staff.LookAsync("ops-door-used");
        await ScanAsync(page, code[..^4] + (code.EndsWith('A') ? "BBBB" : "AAAA"));
        await Expect(answer).ToContainTextAsync("There is no such ticket.");
        await ScanAsync(page, gone);
        await Expect(answer).ToContainTextAsync("Cancelled, or for another performance.");
        await ScanAsync(page, "http://example.com/a b");
        await Expect(answer).ToHaveClassAsync("answer out");
        await Expect(page.Locator("#door-counts")).ToHaveTextAsync("1 let in and 4 sent away since this page was opened.");
        await Expect(page.Locator(".door-log li")).ToHaveCountAsync(5);
        await staff.LookAsync("ops-door-log");
    }

    [Fact]
    public async Task CheckIn_TicketOfAnotherDate_IsNotUsedUp()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var today = await shop.SellHouseAsync();
        var tomorrow = await shop.SellHouseAsync();
        var (token, bought) = await shop.TakeAsync(tomorrow, "mina", pay: true, tomorrow.Seats[0]);
        var code = (await shop.Api.TicketAsync(token, bought, Stop)).Require("Ticket").Code;
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{today.ScheduleId}/door");
        await ScanAsync(page, code);
        await Expect(page.Locator("#answer")).ToContainTextAsync("for another performance");
        await page.ShowAsync($"#/sale/{tomorrow.ScheduleId}/door");
        await Expect(page.Locator("#code")).ToBeFocusedAsync();
        await ScanAsync(page, code);
        await Expect(page.Locator("#answer")).ToHaveClassAsync("answer in");
    }

    /// <summary>The answer is lost; the entry is not: the next scan of the same ticket is told of it.</summary>
    [Fact]
    public async Task CheckIn_AnswerLost_ScannedAgainIsLetIn()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var (token, bought) = await shop.TakeAsync(sale, "mina", pay: true, sale.Seats[0]);
        var code = (await shop.Api.TicketAsync(token, bought, Stop)).Require("Ticket").Code;
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}/door");
        await staff.Context.RouteAsync("**/admin/check-in", async route =>
        {
            await route.FetchAsync();
            await route.AbortAsync("connectionreset");
        });
        await ScanAsync(page, code);
        await Expect(page.Locator("#answer")).ToHaveClassAsync("answer unknown");
        await Expect(page.Locator("#answer")).ToContainTextAsync("Nobody knows whether it was used.");
        await staff.LookAsync("ops-door-unknown");
        await staff.Context.UnrouteAllAsync();
        await ScanAsync(page, code);
        await Expect(page.Locator("#answer")).ToHaveClassAsync("answer in");
    }

    [Fact]
    public async Task Camera_WhereTheBrowserReadsCodes_ScansEachOnceAndStops()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var (token, bought) = await shop.TakeAsync(sale, "mina", pay: true, sale.Seats[0]);
        var code = (await shop.Api.TicketAsync(token, bought, Stop)).Require("Ticket").Code;
        var staff = await shop.BuyerAsync();
        await staff.Context.AddInitScriptAsync(Camera);
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}/door");
        await page.EvaluateAsync("() => { window.forbidden = true; }");
        await page.Locator("#camera").ClickAsync();
        await Expect(page.GetByText("The browser may not use the camera.")).ToBeVisibleAsync();
        await page.EvaluateAsync("() => { window.forbidden = false; }");
        await page.Locator("#camera").ClickAsync();
        await Expect(page.Locator("video")).ToBeVisibleAsync();
        await page.EvaluateAsync("code => { window.shown = code; }", code);
        await Expect(page.Locator("#answer")).ToHaveClassAsync("answer in");
        await staff.LookAsync("ops-door-camera");

        // Still in view it is not asked about again; shown later once more it is refused.
        await page.WaitForTimeoutAsync(1500);
        await Expect(page.Locator(".door-log li")).ToHaveCountAsync(1);
        await page.EvaluateAsync("() => { window.shown = null; }");
        await page.WaitForTimeoutAsync(4500);
        await page.EvaluateAsync("code => { window.shown = code; }", code);
        await Expect(page.Locator("#answer")).ToHaveClassAsync("answer out");
        await page.ShowAsync("#/");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Performances");
        (await page.EvaluateAsync<string>("() => window.stream.getTracks()[0].readyState")).ShouldBe("ended");
    }
}
