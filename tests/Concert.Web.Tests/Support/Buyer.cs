using Concert.Testing.Sales;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace Concert.Web.Tests.Support;

/// <summary>A person in front of the page, in a browser profile of their own.</summary>
public sealed class Buyer : IAsyncDisposable
{
    /// <summary>A folder for pictures of every screen; none are taken without it.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("CONCERT_SCREENSHOTS");

    /// <summary>The browser's events come on a thread of their own.</summary>
    private readonly ConcurrentQueue<string> _messages = [];
    private readonly string _url;
    private IPage? _page;

    public Buyer(IBrowserContext context, string url)
    {
        ArgumentNullException.ThrowIfNull(context);
        (Context, _url) = (context, url);
        context.SetDefaultTimeout(30_000);
        // Of what the browser says itself about an answer of 4xx nobody can keep it; all else would be the page's fault.
        context.Console += (_, message) => Note(message.Type, message.Text);
        context.WebError += (_, error) => Note("exception", error.Error);
    }

    public IBrowserContext Context { get; }

    public IPage Page => _page ?? throw new InvalidOperationException("Open a page first.");

    /// <summary>What the browser said about refused requests. The page cannot keep it from that.</summary>
    public IReadOnlyList<string> Refusals => [.. _messages.Where(IsRefusal)];

    private static bool IsRefusal(string message) => message.Contains("Failed to load resource: ", StringComparison.Ordinal);

    public async Task<IPage> OpenAsync(string hash = "#/")
    {
        _page ??= await Context.NewPageAsync();
        await _page.GotoAsync($"{_url}/{hash}");
        await Expect(_page.Locator("h1").First).ToBeVisibleAsync();
        return _page;
    }

    /// <summary>Another tab of the same browser.</summary>
    public async Task<IPage> TabAsync(string hash)
    {
        var page = await Context.NewPageAsync();
        await page.GotoAsync($"{_url}/{hash}");
        await Expect(page.Locator("h1").First).ToBeVisibleAsync();
        return page;
    }

    public async Task<IPage> SignInAsync(OpenSale sale, string name)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var page = await OpenAsync($"#/concert/{sale.ConcertId}");
        await page.Locator("#name").FillAsync(name);
        await page.Locator("#name").PressAsync("Enter");
        return page;
    }

    /// <summary>Signs in, joins the line and waits for the turn.</summary>
    public async Task<IPage> EnterAsync(OpenSale sale, string name)
    {
        var page = await SignInAsync(sale, name);
        await page.Locator("#join").ClickAsync();
        await Expect(page.Locator(".dates .card").First).ToBeVisibleAsync();
        return page;
    }

    /// <summary>As far as the seats of the sale's date.</summary>
    public async Task<IPage> ToSeatsAsync(OpenSale sale, string name)
    {
        var page = await EnterAsync(sale, name);
        await page.Locator(".dates a.card").First.ClickAsync();
        await Expect(page.Locator(".seat, .blocks, [data-inventory]").First).ToBeVisibleAsync();
        return page;
    }

    public ILocator Seat(string name) => Page.Locator($".seat[aria-label*='{name}']");

    /// <summary>As far as a hold on some seats: "Row A, Seat 4".</summary>
    public async Task<IPage> HoldAsync(OpenSale sale, string name, params string[] seats)
    {
        ArgumentNullException.ThrowIfNull(seats);
        var page = await ToSeatsAsync(sale, name);
        foreach (var seat in seats)
        {
            await Seat(seat + ",").ClickAsync();
        }

        await page.Locator("#hold").ClickAsync();
        await Expect(page.Locator("#pay")).ToBeVisibleAsync();
        return page;
    }

    /// <summary>As far as a ticket.</summary>
    public async Task<IPage> BuyAsync(OpenSale sale, string name, params string[] seats)
    {
        var page = await HoldAsync(sale, name, seats);
        await page.Locator("#charge").ClickAsync();
        await Expect(page.Locator("#pay")).Not.ToHaveAttributeAsync("aria-disabled", "true");
        await page.Locator("#pay").ClickAsync();
        await Expect(page.Locator(".qr img")).ToBeVisibleAsync();
        return page;
    }

    /// <summary>No violation that axe finds; and a picture.</summary>
    public async Task LookAsync(string screen, IPage? at = null)
    {
        var page = at ?? Page;
        await PictureAsync(screen, page);
        var found = await page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        found.Violations.Select(v => $"{v.Id}: {v.Help} {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}").ShouldBeEmpty(screen);
    }

    /// <summary>The same, and nothing of it is wider than the window. Its own width counts: the emulated window of a phone grows with what does not fit.</summary>
    public async Task LookAndFitAsync(string screen)
    {
        await LookAsync(screen);
        (await Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")).ShouldBeTrue($"{screen} is wider than the screen");
    }

    /// <summary>A picture, where a folder for them is named.</summary>
    public async Task PictureAsync(string screen, IPage? at = null)
    {
        if (Pictures is not null)
        {
            Directory.CreateDirectory(Pictures);
            await (at ?? Page).ScreenshotAsync(new() { Path = Path.Combine(Pictures, screen + ".png"), FullPage = true });
        }
    }

    public void ShouldHaveSaidNothing() => _messages.ShouldBeEmpty();

    public async ValueTask DisposeAsync()
    {
        await Context.CloseAsync();
        // The policy of the page, a script's fault, a warning: all are said here.
        _messages.Where(message => !IsRefusal(message)).ShouldBeEmpty();
    }

    private void Note(string kind, string text) => _messages.Enqueue($"{kind}: {text}");
}
