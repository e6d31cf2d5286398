using Concert.Web.Tests.Support;

namespace Concert.Web.Tests.Ops;

/// <summary>The staff's key: asked for, tried on the service, and in the page's memory only.</summary>
public sealed class StaffKeyTests(Chromium chromium)
{
    /// <summary>Everything that a page can keep or show of itself.</summary>
    private const string Kept = """
        async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state,
            (await indexedDB.databases()).map(one => one.name), (await caches.keys()), document.documentElement.outerHTML])
        """;

    [Fact]
    public async Task Key_WrongThenRight_SaysSoAndOpens()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        await shop.SellHouseAsync();
        var staff = await shop.BuyerAsync();
        var page = await staff.OpenAsync("ops");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Admin key");
        await staff.LookAsync("ops-key");
        await page.Locator("#enter").ClickAsync();
        await Expect(page.Locator("#key-wrong")).ToHaveTextAsync("Enter the admin key.");
        await page.Locator("#key").FillAsync("not-the-key");
        await page.Locator("#key").PressAsync("Enter");
        await Expect(page.Locator("#key-wrong")).ToHaveTextAsync("That is not the admin key.");
        await Expect(page.Locator("#key")).ToBeFocusedAsync();
        await staff.LookAsync("ops-key-wrong");

        // No header can carry it, so it is not even sent.
        await page.Locator("#key").FillAsync("열쇠");
        await page.Locator("#key").PressAsync("Enter");
        await Expect(page.Locator("#key-wrong")).ToHaveTextAsync("That is not the admin key.");
        await page.Locator("#key").FillAsync(Shop.AdminKey);
        await page.Locator("#key").PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Performances");
        await Expect(page.Locator(".schedules li")).ToHaveCountAsync(1);
        await staff.LookAsync("ops-schedules");
    }

    [Fact]
    public async Task Key_Given_IsKeptNowhereAndAskedForAgain()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var staff = await shop.BuyerAsync();
        var addresses = new ConcurrentQueue<string>();
        staff.Context.Request += (_, request) => addresses.Enqueue(request.Url);
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}");
        await Expect(page.Locator("[data-kind=available]")).ToHaveTextAsync("34");
        await page.Locator("#pause").ClickAsync();
        await Expect(page.Locator(".state .badge")).ToHaveTextAsync("Sales paused");

        (await page.EvaluateAsync<string>(Kept)).ShouldNotContain(Shop.AdminKey);
        addresses.ShouldAllBe(url => !url.Contains(Shop.AdminKey, StringComparison.Ordinal));
        await page.ReloadAsync();
        await Expect(page.Locator("#key")).ToBeVisibleAsync();
        await page.Locator("#key").FillAsync(Shop.AdminKey);
        await page.Locator("#key").PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Night of stars");
        await page.Locator("#lock").ClickAsync();
        await Expect(page.Locator("#key")).ToBeVisibleAsync();
        await Expect(page.Locator("main")).Not.ToContainTextAsync("Night of stars");
        staff.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Key_NoLongerTaken_IsAskedForWithTheReason()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        await shop.SellHouseAsync();
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync();
        await staff.Context.RouteAsync("**/api/admin/webhook", route => route.ContinueAsync(new() { Headers = [.. route.Request.Headers.Where(h => h.Key != "x-admin-key"), new("x-admin-key", "of-yesterday")] }));
        await page.ShowAsync("#/webhooks");
        await Expect(page.Locator("#key-wrong")).ToHaveTextAsync("The service no longer takes the key. Enter the one that is valid now.");
    }
}
