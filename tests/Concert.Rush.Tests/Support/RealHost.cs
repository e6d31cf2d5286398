using ConcertFunctions.Local.Hosting;
using ConcertFunctions.Local.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Concert.Rush.Tests.Support;

/// <summary>The real service in this process, in memory, on a port of its own. Without settings its waiting room has room for everybody.</summary>
public sealed class RealHost : IAsyncLifetime
{
    public const string AdminKey = "rush-tests-admin-key";

    private readonly string[] _settings;
    private WebApplication? _app;

    public RealHost()
        : this("--WaitingRoom:MaxActive=100000", "--WaitingRoom:AdmitPerInterval=100000")
    {
    }

    private RealHost(params string[] settings) => _settings = settings;

    public Uri Url => new(_app!.Urls.Single());

    public static async Task<RealHost> StartAsync(params string[] settings)
    {
        var host = new RealHost(settings);
        await host.InitializeAsync();
        return host;
    }

    public async ValueTask InitializeAsync()
    {
        string[] own =
        [
            "--memory", "--urls", "http://127.0.0.1:0", "--Local:Demo=false", "--Webhooks:AllowPrivate=true", "--DeliverWebhooksSchedule=00:00:01",
            "--RepairPaymentsSchedule=00:00:01", "--Booking:CallOffSettle=00:00:05", $"--Admin:Key={AdminKey}",
        ];
        _app = LocalHost.Build(LocalArguments.Parse([.. own, .. _settings]), builder => builder.Logging.SetMinimumLevel(LogLevel.Error));
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
    }
}
