using Concert.Testing.Http;
using Concert.Testing.Sales;
using Concert.Web.Tests.Support;

namespace Concert.Web.Tests.Ops;

/// <summary>Who has what, on the screen and as a file.</summary>
public sealed class StaffBuyerListTests(Chromium chromium)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Buyers_MoreThanAPage_AreFilteredPagedAndSaved()
    {
        const int Holders = 55;
        await using var shop = await Shop.OpenAsync(chromium, "--WaitingRoom:MaxActive=1000", "--WaitingRoom:AdmitPerInterval=1000");
        var sale = await shop.SellAsync(new SaleBuilder().Section("A", 10, 40_000).Standing("Floor", 200, 30_000));
        await shop.TakeAsync(sale, "mina <img src=x>", pay: true, sale.Seats[0], sale.Seats[1]);
        var tokens = await Crowd.JoinAsync(shop.Api, sale.ConcertId, Holders, Stop);
        await Task.WhenAll(tokens.Select(async token =>
        {
            var asked = (await shop.Api.ReservePlacesAsync(token, sale.Inventories[0], 2, null, Stop)).Require("Reserving");
            (await shop.Api.ReservationAsync(token, asked.Id, 10, Stop)).Require("Waiting").Status.ShouldBe("HELD");
        }));

        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}/buyers");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("tbody th")).ToHaveTextAsync("mina <img src=x>");
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("A: Seat 1, Seat 2");
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("₩80,000");
        await page.Locator("[data-status=HELD]").ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(50);
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("Floor: 2 standing");
        await page.Locator("#more").ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(Holders);
        await page.Locator("[data-status=EXPIRED]").ClickAsync();
        await Expect(page.GetByText("There are none of these.")).ToBeVisibleAsync();
        await page.Locator("[data-status='']").ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(50);
        await staff.LookAsync("ops-buyers");

        (await SaveAsync()).Length.ShouldBe(1 + 1 + Holders);
        await page.Locator("[data-status=CONFIRMED]").ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        var lines = await SaveAsync();
        lines.Length.ShouldBe(2);
        lines[0].ShouldStartWith("\uFEFFreservation,status,user,");
        lines[1].ShouldContain("CONFIRMED,mina <img src=x>,A,1; 2,2,80000,");
        staff.ShouldHaveSaidNothing();

        async Task<string[]> SaveAsync()
        {
            var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#csv").ClickAsync());
            download.SuggestedFilename.ShouldStartWith($"reservations-{sale.ScheduleId}");
            await using var file = await download.CreateReadStreamAsync();
            using var reader = new StreamReader(file, new System.Text.UTF8Encoding(false), detectEncodingFromByteOrderMarks: false);
            return (await reader.ReadToEndAsync(Stop)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        }
    }

    [Fact]
    public async Task Csv_BrokenOff_SavesNothingAndSaysSo()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}/buyers");
        await Expect(page.GetByText("There are none of these.")).ToBeVisibleAsync();
        var saved = 0;
        page.Download += (_, _) => saved++;
        await staff.Context.RouteAsync("**/reservations?**", route => route.AbortAsync("connectionreset"));
        await page.Locator("#csv").ClickAsync();
        await Expect(page.Locator(".problem")).ToHaveAttributeAsync("data-code", "offline");
        saved.ShouldBe(0);
        await staff.Context.UnrouteAllAsync();
        await page.RunAndWaitForDownloadAsync(() => page.Locator(".problem button").ClickAsync());
    }
}
