using System.Text.RegularExpressions;
using Concert.Booking.Calls;
using Concert.Web.Tests.Support;

namespace Concert.Web.Tests;

/// <summary>The words of both languages: every code of the service has a sentence, and nothing that the page says is missing.</summary>
public sealed partial class WordTests(Chromium chromium)
{
    /// <summary>The page's own, beside the service's: no answer came.</summary>
    private const string Offline = "offline";

    [Theory]
    [InlineData("ko")]
    [InlineData("en")]
    public async Task Codes_OfTheService_HaveASentenceAndAWayOn(string language)
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var page = await (await shop.BuyerAsync()).OpenAsync();
        var sentences = await page.EvaluateAsync<Dictionary<string, string[]>>("async language => (await import(`/js/text/${language}.js`)).default.codes", language);

        sentences.Keys.ShouldBe([.. Enum.GetValues<RefusalCode>().Select(code => code.Name()), Offline], ignoreOrder: true);
        sentences.Values.ShouldAllBe(sentence => sentence.Length == 2 && sentence.All(part => part.Length > 5));
    }

    [Fact]
    public async Task Words_BothLanguages_AreThoseThatThePageUses()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var page = await (await shop.BuyerAsync()).OpenAsync();
        async Task<string[]> Keys(string language) => await page.EvaluateAsync<string[]>("async language => Object.keys((await import(`/js/text/${language}.js`)).default)", language);
        var english = await Keys("en");

        (await Keys("ko")).ShouldBe(english, ignoreOrder: true);
        var scripts = string.Concat(Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "web", "js"), "*.js", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}text{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Select(File.ReadAllText));
        Used().Matches(scripts).Select(match => match.Groups["key"].Value).Where(key => !english.Contains(key)).ShouldBeEmpty("used and not written");
        english.Where(key => key != "codes" && !scripts.Contains($"'{key}'", StringComparison.Ordinal) && !Made().IsMatch(key)).ShouldBeEmpty("written and not used");
    }

    [Fact]
    public async Task Language_Chosen_IsKept()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync();
        var page = await buyer.OpenAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Concerts");
        await page.Locator(".language").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("콘서트");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "ko");
        await page.ReloadAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("콘서트");
    }

    [GeneratedRegex(@"\bt\('(?<key>[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Used();

    /// <summary>Keys that are put together of a kind and a value of the service's.</summary>
    [GeneratedRegex(@"^(seat|status|state|way|over|ledger)\.[A-Za-z-]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Made();
}
