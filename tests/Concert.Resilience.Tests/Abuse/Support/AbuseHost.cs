using ConcertFunctions.Local.Hosting;
using ConcertFunctions.Local.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Concert.Resilience.Tests.Abuse.Support;

/// <summary>The real one-process host on a real port, keeping nothing; the server's own timeouts are shortened so that waiting for them is quick.</summary>
internal sealed class AbuseHost : IAsyncDisposable
{
    public const string AdminKey = "the-admin-key-of-the-abuse-run";

    private readonly WebApplication _app;

    private AbuseHost(WebApplication app)
    {
        _app = app;
        Port = new Uri(app.Urls.First()).Port;
    }

    public int Port { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Unexpected faults that the host logged; each is a defect.</summary>
    public ErrorLog Errors => _app.Services.GetRequiredService<ErrorLog>();

    public static Task<AbuseHost> StartAsync(params string[] settings) => StartAsync(_ => { }, settings);

    public static async Task<AbuseHost> StartAsync(Action<WebApplicationBuilder> configure, params string[] settings)
    {
        // Nothing ends by itself during a run, and few requests at once are enough: one that is never counted out would show as 429.
        string[] own =
        [
            "--memory", "--urls", "http://127.0.0.1:0", "--Local:Demo=false", $"--Admin:Key={AdminKey}", "--Api:MaxConcurrentRequests=256",
            "--Api:MaxWaitingRequests=128", "--WaitingRoom:SilenceLimit=12:00:00", "--WaitingRoom:ActiveFor=12:00:00", "--Booking:HoldFor=12:00:00",
            "--WaitingRoom:AdmitPerInterval=1000", "--WaitingRoom:Scope=Concert", "--Booking:MaxPerUser=1000000", "--Streams:Lifetime=00:00:01",
        ];
        var app = LocalHost.Build(LocalArguments.Parse([.. own, .. settings]), builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<ErrorLog>();
            builder.Services.AddSingleton<ILoggerProvider>(services => services.GetRequiredService<ErrorLog>());
            builder.Services.PostConfigure<KestrelServerOptions>(kestrel =>
            {
                kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
                kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(1.5));
            });
            configure(builder);
        });
        await app.StartAsync();
        return new AbuseHost(app);
    }

    /// <summary>One request on its own connection.</summary>
    public async Task<Answer> SendAsync(Request request)
    {
        await using var connection = await Connection.OpenAsync(Port);
        return await connection.ExchangeAsync(request);
    }

    public Task<Answer> SendAsync(string method, string target, object? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(Request.Of(method, target, body, headers));

    public Task<Answer> AdminAsync(string method, string target, object? body = null) => SendAsync(method, target, body, ("x-admin-key", AdminKey));

    /// <summary>Asks again until it is as wanted.</summary>
    public static async Task<Answer> UntilAsync(Func<Task<Answer>> ask, Func<Answer, bool> wanted)
    {
        var start = TimeProvider.System.GetTimestamp();
        Answer answer;
        while (!wanted(answer = await ask()))
        {
            if (TimeProvider.System.GetElapsedTime(start) > Connection.Deadline)
            {
                throw new TimeoutException($"The last answer was {answer}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
