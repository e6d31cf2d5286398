namespace Concert.Web.Tests.Support;

/// <summary>A person of the promoter's staff, in front of the page at /ops.</summary>
public static class StaffDesk
{
    /// <summary>Opens the staff's page, gives the key, and goes to a screen.</summary>
    public static async Task<IPage> AtDeskAsync(this Buyer staff, string hash = "#/")
    {
        ArgumentNullException.ThrowIfNull(staff);
        var page = await staff.OpenAsync("ops/" + hash);
        await page.Locator("#key").FillAsync(Shop.AdminKey);
        await page.Locator("#enter").ClickAsync();
        await Expect(page.Locator("#lock")).ToBeVisibleAsync();
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        return page;
    }

    /// <summary>Another screen of the page that is open; the key stays.</summary>
    public static async Task ShowAsync(this IPage page, string hash)
    {
        ArgumentNullException.ThrowIfNull(page);
        await page.EvaluateAsync("hash => { location.hash = hash; }", hash);
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
    }
}
