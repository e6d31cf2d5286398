using Concert.Web.Tests.Support;

namespace Concert.Web.Tests;

/// <summary>A page that everybody opens in the same minute must be light.</summary>
public sealed class WeightTests(Chromium chromium)
{
    private const int MostBytes = 60 * 1024;

    [Fact]
    public async Task FirstScreens_BeforeTheMap_AreLightAndFromHereOnly()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var buyer = await shop.BuyerAsync(options => options.Locale = "ko-KR");
        var files = new ConcurrentQueue<IResponse>();
        var elsewhere = new ConcurrentQueue<string>();
        buyer.Context.Response += (_, response) =>
        {
            if (!response.Url.Contains("/api/", StringComparison.Ordinal))
            {
                files.Enqueue(response);
            }

            if (!response.Url.StartsWith(shop.Url, StringComparison.Ordinal))
            {
                elsewhere.Enqueue(response.Url);
            }
        };
        await buyer.EnterAsync(sale, "mina");

        var bytes = 0;
        foreach (var file in files)
        {
            bytes += (await file.Request.SizesAsync()).ResponseBodySize;
        }

        elsewhere.ShouldBeEmpty();
        files.ShouldNotContain(file => file.Url.EndsWith("seatmap.js", StringComparison.Ordinal));
        files.Count.ShouldBeGreaterThan(10);
        bytes.ShouldBeInRange(10_000, MostBytes);
        TestContext.Current.SendDiagnosticMessage($"{bytes} bytes in {files.Count} files");
    }
}
