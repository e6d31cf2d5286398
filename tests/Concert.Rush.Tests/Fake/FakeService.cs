using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Concert.Rush.Tests.Fake;

/// <summary>The booking API in memory on a port of its own: enough of it to drive the drill against, right or wrong on purpose.</summary>
public sealed class FakeService : IAsyncDisposable
{
    public const string AdminKey = "fake-admin";

    private readonly WebApplication _app;
    private readonly FakeBooking _booking;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _worker;

    private FakeService(WebApplication app, FakeBooking booking)
    {
        (_app, _booking) = (app, booking);
        _worker = WorkAsync();
    }

    public Uri Url => new(_app.Urls.Single());

    public static async Task<FakeService> StartAsync(FakeSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var booking = new FakeBooking(settings);
        if (settings.Fault == FakeFault.Flaky)
        {
            app.Use(FlakyAsync);
        }

        FakeAdminEndpoints.Map(app, booking);
        FakeBuyerEndpoints.Map(app, booking);
        await app.StartAsync();
        return new FakeService(app, booking);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _worker;
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Of each 21 requests one is 503, one is 429, and one has its effect and no answer.</summary>
    private static async Task FlakyAsync(HttpContext http, RequestDelegate next)
    {
        switch (Random.Shared.Next(21))
        {
            case 0:
                http.Response.StatusCode = 503;
                http.Response.Headers.RetryAfter = "0";
                break;
            case 1:
                http.Response.StatusCode = 429;
                http.Response.Headers.RetryAfter = "0";
                break;
            case 2:
                http.Response.Body = Stream.Null;
                await next(http);
                http.Abort();
                break;
            default:
                await next(http);
                break;
        }
    }

    private async Task WorkAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _booking.DecideAll();
            await Task.Delay(5, CancellationToken.None);
        }
    }
}
