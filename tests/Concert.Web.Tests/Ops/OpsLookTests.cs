using System.Text.RegularExpressions;
using Concert.Booking.Calls;
using Concert.Testing.Http;
using Concert.Testing.Sales;
using Concert.Web.Tests.Support;

namespace Concert.Web.Tests.Ops;

/// <summary>Every screen of the staff's page on phones, in the dark, in high contrast and in both languages; and its words.</summary>
public sealed partial class OpsLookTests(Chromium chromium)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("phone")]
    [InlineData("phone-dark-ko")]
    [InlineData("dark")]
    [InlineData("forced")]
    [InlineData("ko")]
    public async Task Screens_OnEveryKindOfScreen_FitAndAreAccessible(string kind)
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellAsync(new SaleBuilder().Grade("VIP", "VIP", 120_000).Grade("R", "Regular", 80_000)
            .Rows("Stalls", new RowRequest("A", 1, 10, Grade: "VIP"), new RowRequest("B", 1, 12, Grade: "R")).Rows("Gallery", new RowRequest("A", 1, 16, Grade: "R")).Standing("Floor", 60, 50_000));
        await shop.TakeAsync(sale, "jun", pay: false, sale.Seats[3], sale.Seats[4]);
        var (token, bought) = await shop.TakeAsync(sale, "mina", pay: true, sale.Seats[0], sale.Seats[1]);
        var code = (await shop.Api.TicketAsync(token, bought, Stop)).Require("Ticket").Code;
        (await shop.Api.BlockAsync(sale.ScheduleId, new { seatIds = new[] { sale.Seats[8], sale.Seats[9] } }, isBlock: true, null, Stop)).Require("Blocking");
        var staff = await shop.BuyerAsync(options => options.OfScreen(kind));
        var page = await staff.OpenAsync("ops/");
        await LookAsync("key");
        await page.Locator("#key").FillAsync(Shop.AdminKey);
        await page.Locator("#enter").ClickAsync();
        await Expect(page.Locator(".schedules li")).ToHaveCountAsync(1);
        await LookAsync("schedules");
        await page.ShowAsync($"#/sale/{sale.ScheduleId}");
        await Expect(page.Locator("#books")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-kind=blocked]")).ToHaveTextAsync("2");
        await LookAsync("live");
        await page.Locator("#call-off").ClickAsync();
        await LookAsync("call-off");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#call-off")).ToBeFocusedAsync();
        await page.ShowAsync($"#/sale/{sale.ScheduleId}/places");
        await page.Locator(".seat.AVAILABLE").First.ClickAsync();
        await page.Locator(".seat.BLOCKED").First.ClickAsync();
        await Expect(page.Locator("[data-inventory]")).ToContainTextAsync("60");
        await LookAsync("places");
        await page.ShowAsync($"#/sale/{sale.ScheduleId}/buyers");
        await page.Locator("[data-status='']").ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await LookAsync("buyers");
        await page.ShowAsync($"#/sale/{sale.ScheduleId}/door");
        await page.Locator("#code").FillAsync(code);
        await page.Locator("#check-in").ClickAsync();
        await Expect(page.Locator("#answer")).ToHaveClassAsync("answer in");
        await LookAsync("door");
        await page.ShowAsync("#/new");
        await page.Locator("#add-standing").ClickAsync();
        await LookAsync("create");
        await page.ShowAsync("#/webhooks");
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await LookAsync("webhooks");
        staff.ShouldHaveSaidNothing();

        Task LookAsync(string screen) => staff.LookAndFitAsync($"ops-{kind}-{screen}");
    }

    [Fact]
    public async Task Language_Chosen_ChangesTheScreenAndKeepsTheKey()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        await shop.SellHouseAsync();
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync();
        await page.Locator(".language").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("공연 일정");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "ko");
        await Expect(page.Locator(".schedules li")).ToHaveCountAsync(1);
        staff.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Sections_MoreThanAHundred_AreTilesThatLeadToTheirSeats()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var house = new SaleBuilder().Grade("R", "Regular", 80_000);
        for (var section = 1; section <= 120; section++)
        {
            house.Rows($"{section}", new RowRequest("1", 1, 10, Grade: "R"));
        }

        var sale = await shop.SellAsync(house);
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}");
        await Expect(page.Locator(".tiles.many .tile")).ToHaveCountAsync(120);
        await staff.LookAsync("ops-many-sections");
        await page.Locator(".tile").Nth(77).ClickAsync();
        await Expect(page.Locator("#section")).ToHaveValueAsync("78");
        await Expect(page.Locator(".seat")).ToHaveCountAsync(10);
        staff.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Words_BothLanguages_AreThoseThatThePageUses()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var page = await (await shop.BuyerAsync()).OpenAsync("ops/");
        async Task<string[]> Keys(string language) => await page.EvaluateAsync<string[]>("async language => Object.keys((await import(`/ops/text/${language}.js`)).default)", language);
        var english = await Keys("en");

        (await Keys("ko")).ShouldBe(english, ignoreOrder: true);
        foreach (var language in new[] { "ko", "en" })
        {
            var codes = await page.EvaluateAsync<Dictionary<string, string[]>>("async language => (await import(`/ops/text/${language}.js`)).default.codes", language);
            codes.Keys.ShouldBe([.. Enum.GetValues<RefusalCode>().Select(code => code.Name()), "offline"], ignoreOrder: true);
            codes.Values.ShouldAllBe(sentence => sentence.Length == 2 && sentence.All(part => part.Length > 5));
        }

        var web = Path.Combine(AppContext.BaseDirectory, "web");
        var scripts = string.Concat(Directory.GetFiles(Path.Combine(web, "ops"), "*.js", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}text{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Concat(Directory.GetFiles(Path.Combine(web, "js", "shared"), "*.js")).Append(Path.Combine(web, "js", "seatmap.js")).Select(File.ReadAllText));
        Used().Matches(scripts).Select(match => match.Groups["key"].Value).Where(key => !english.Contains(key)).ShouldBeEmpty("used and not written");
        english.Where(key => key != "codes" && !scripts.Contains($"'{key}'", StringComparison.Ordinal) && !Made().IsMatch(key)).ShouldBeEmpty("written and not used");
    }

    [GeneratedRegex(@"\bt\('(?<key>[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Used();

    /// <summary>Keys that are put together of a kind and a value.</summary>
    [GeneratedRegex(@"^((place|command|outcome|why|letter|books|health|seat|status|create|door|tab|live|pace|buyers)\.[\w.-]+|(un)?blocked)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Made();
}
