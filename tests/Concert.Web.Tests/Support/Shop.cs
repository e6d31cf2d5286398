using Concert.Testing.Http;
using Concert.Testing.Sales;
using ConcertFunctions.Local.Hosting;
using ConcertFunctions.Local.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Concert.Web.Tests.Support;

/// <summary>The real one-process host on a free port, keeping nothing, and the buyers who look at it through a real browser.</summary>
public sealed class Shop : IAsyncDisposable
{
    public const string AdminKey = "web-tests-admin-key";

    private readonly WebApplication _app;
    private readonly IBrowser _browser;
    private readonly ApiClient _client;
    private readonly List<Buyer> _buyers = [];

    private Shop(WebApplication app, IBrowser browser)
    {
        (_app, _browser) = (app, browser);
        Url = app.Urls.Single();
        _client = ApiClient.At(new Uri(Url));
        Api = new BookingApi(_client, AdminKey);
    }

    public string Url { get; }

    /// <summary>The same service without a browser: staff, and other buyers.</summary>
    public BookingApi Api { get; }

    /// <summary>The service's inside, for what nobody can do from outside.</summary>
    public IServiceProvider Services => _app.Services;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<Shop> OpenAsync(Chromium chromium, params string[] settings) => OpenAsync(chromium, static _ => { }, settings);

    /// <summary>The same with parts of the service that the test has in its hand.</summary>
    public static async Task<Shop> OpenAsync(Chromium chromium, Action<IServiceCollection> replace, params string[] settings)
    {
        ArgumentNullException.ThrowIfNull(replace);
        ArgumentNullException.ThrowIfNull(chromium);
        var browser = await chromium.BrowserAsync();
        string[] own = ["--memory", "--urls", "http://127.0.0.1:0", "--Local:Demo=false", $"--Admin:Key={AdminKey}"];
        var app = LocalHost.Build(LocalArguments.Parse([.. own, .. settings]), builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            replace(builder.Services);
        });
        await app.StartAsync(Stop);
        return new Shop(app, browser);
    }

    public Task<OpenSale> SellAsync(SaleBuilder sale, string name = "Night of stars") =>
        sale.OpenAsync(Api, name, Guid.NewGuid().ToString("N"), TimeProvider.System.GetUtcNow(), Stop);

    /// <summary>A house with rows and grades, as most tests want one.</summary>
    public Task<OpenSale> SellHouseAsync() => SellAsync(new SaleBuilder()
        .Grade("VIP", "VIP", 120_000).Grade("R", "Regular", 80_000)
        .Rows("Stalls", new RowRequest("A", 1, 10, Grade: "VIP"), new RowRequest("B", 1, 12, Grade: "R"), new RowRequest("C", 1, 12, Grade: "R")));

    /// <summary>Another buyer, without a browser, who holds or buys seats.</summary>
    public async Task<(string Token, string Reservation)> TakeAsync(OpenSale sale, string user, bool pay, params string[] seats)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var token = (await Api.IssueAsync(user, sale.ConcertId, null, Stop)).Require("Joining").Token!;
        var asked = (await Api.ReserveAsync(token, seats, null, Stop)).Require("Reserving");
        (await Api.ReservationAsync(token, asked.Id, 10, Stop)).Require("Waiting").Status.ShouldBe("HELD");
        if (pay)
        {
            await Api.ChargeAsync(token, user, 1_000_000, null, Stop);
            var payment = (await Api.PayAsync(token, asked.Id, null, Stop)).Require("Paying");
            (await Api.PaymentAsync(token, payment.Id, 10, Stop)).Require("Waiting").Status.ShouldBe("COMPLETED");
        }

        return (token, asked.Id);
    }

    public async Task<Buyer> BuyerAsync(Action<BrowserNewContextOptions>? options = null)
    {
        var chosen = new BrowserNewContextOptions { Locale = "en-GB", ViewportSize = new() { Width = 1200, Height = 900 }, ReducedMotion = ReducedMotion.Reduce };
        options?.Invoke(chosen);
        var buyer = new Buyer(await _browser.NewContextAsync(chosen), Url);
        _buyers.Add(buyer);
        return buyer;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var buyer in _buyers)
        {
            await buyer.DisposeAsync();
        }

        _client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
