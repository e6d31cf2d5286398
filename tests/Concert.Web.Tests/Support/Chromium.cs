[assembly: AssemblyFixture(typeof(Concert.Web.Tests.Support.Chromium))]

namespace Concert.Web.Tests.Support;

/// <summary>The one browser of all tests; each buyer has a profile of their own in it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly SemaphoreSlim _starting = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The browser; without an installed one the test is skipped, or fails when CONCERT_REQUIRE_SERVERS is 1.</summary>
    public async Task<IBrowser> BrowserAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_browser is not null)
            {
                return _browser;
            }

            // No test waits for as long as that where the page is right; a busy machine may take its time.
            SetDefaultExpectTimeout(30_000);
            _playwright ??= await Playwright.CreateAsync();
            if (Find(_playwright.Chromium) is not { } program)
            {
                const string Reason = "No chromium is installed: apt-get install chromium, or playwright.ps1 install chromium in this project's output.";
                Assert.SkipUnless(Environment.GetEnvironmentVariable("CONCERT_REQUIRE_SERVERS") == "1", Reason);
                throw new InvalidOperationException(Reason);
            }

            return _browser = await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = program,
                // Root has no sandbox, and a container little shared memory.
                Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
            });
        }
        finally
        {
            _starting.Release();
        }
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
        _starting.Dispose();
    }

    /// <summary>The system's, or the one that Playwright has downloaded.</summary>
    private static string? Find(IBrowserType playwrights) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(_ => Names, Path.Combine)
        .Append(playwrights.ExecutablePath)
        .FirstOrDefault(File.Exists);
}
