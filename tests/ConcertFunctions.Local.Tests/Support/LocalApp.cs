using System.Text;
using System.Text.Json.Nodes;
using Concert.Testing.Http;
using ConcertFunctions.Local.Hosting;
using ConcertFunctions.Local.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ConcertFunctions.Local.Tests.Support;

/// <summary>The real host on a real port, keeping nothing, with a clock that moves when told.</summary>
internal sealed class LocalApp : IAsyncDisposable
{
    public const string AdminKey = "the-admin-key-of-tests";

    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly WebApplication _app;
    private readonly FakeTimeProvider? _time;
    private bool _isStopped;

    private LocalApp(WebApplication app, FakeTimeProvider? time)
    {
        _app = app;
        _time = time;
        // A platform's user need not be ASCII. And who closes a stream of events is gone at once: the handler would read on for two seconds.
        Http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8, ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public FakeTimeProvider Time => _time ?? throw new InvalidOperationException("This host runs on the system's clock.");

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<LocalApp> StartAsync(params string[] settings) => StartAsync(new FakeTimeProvider(Start), ["--memory", .. settings]);

    /// <summary>On the system's clock, for what waits in the host while nobody moves the time.</summary>
    public static Task<LocalApp> StartOnRealTimeAsync(params string[] settings) => StartAsync(null, ["--memory", .. settings]);

    /// <summary>On the system's clock, with everything kept in the folder.</summary>
    public static Task<LocalApp> StartDurableAsync(string folder) => StartAsync(null, ["--data", folder]);

    /// <summary>With everything kept in the folder, on a clock of the test's.</summary>
    public static Task<LocalApp> StartDurableAsync(string folder, FakeTimeProvider time) => StartAsync(time, ["--data", folder]);

    private static async Task<LocalApp> StartAsync(FakeTimeProvider? time, string[] settings)
    {
        string[] own = ["--urls", "http://127.0.0.1:0", "--Local:Demo=false", $"--Admin:Key={AdminKey}"];
        var app = LocalHost.Build(LocalArguments.Parse([.. own, .. settings]), builder =>
        {
            builder.Services.AddSingleton(time ?? TimeProvider.System);
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
        });
        await app.StartAsync();
        return new LocalApp(app, time);
    }

    public async Task<Reply> SendAsync(string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = RawReply.Request(method, path, body, headers);
        return new Reply(await RawReply.ExchangeAsync(Http, request, CancellationToken.None));
    }

    public Task<Reply> AdminAsync(string method, string path, object? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, body, [("x-admin-key", AdminKey), .. headers]);

    /// <summary>Asks again, with the clock moving a little, until it is as wanted.</summary>
    public async Task<Reply> UntilAsync(Func<Task<Reply>> ask, Func<Reply, bool> wanted)
    {
        var start = TimeProvider.System.GetTimestamp();
        Reply reply;
        while (!wanted(reply = await ask()))
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"The last answer was {reply.Status} {Encoding.UTF8.GetString(reply.Body)}");
            }

            if (_time is null)
            {
                await Task.Delay(Tick, TimeProvider.System, CancellationToken.None);
            }
            else
            {
                _time.Advance(Tick);
            }
        }

        return reply;
    }

    /// <summary>Moves the clock, in steps that let every timer run on the way.</summary>
    public async Task PassAsync(TimeSpan by)
    {
        var steps = Math.Max(1, (int)Math.Min(by.TotalSeconds, 20));
        for (var i = 0; i < steps; i++)
        {
            Time.Advance(by / steps);
            await Task.Yield();
        }
    }

    /// <summary>Stops the host while its clients are still there.</summary>
    public Task StopAsync()
    {
        _isStopped = true;
        return _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_isStopped)
        {
            await _app.StopAsync();
        }

        await _app.DisposeAsync();
    }
}

/// <summary>What came back.</summary>
internal sealed record Reply : RawReply
{
    public Reply(RawReply raw)
        : base(raw)
    {
    }

    public JsonNode Json => JsonNode.Parse(Body)!;

    public JsonNode Data
    {
        get
        {
            Status.ShouldBeInRange(200, 299, Encoding.UTF8.GetString(Body));
            Json["success"]!.GetValue<bool>().ShouldBeTrue();
            return Json["data"]!;
        }
    }

    public string Text(string name) => Data[name]!.GetValue<string>();

    public long Number(string name) => Data[name]!.GetValue<long>();

    public bool Has(string name) => Data.AsObject().ContainsKey(name);

    public Reply ShouldBe(int status)
    {
        Status.ShouldBe(status, Encoding.UTF8.GetString(Body));
        return this;
    }

    public Reply ShouldFail(int status, string code)
    {
        ShouldBe(status);
        ContentHeaders.ContentType!.MediaType.ShouldBe("application/problem+json");
        Json["success"]!.GetValue<bool>().ShouldBeFalse();
        Json["status"]!.GetValue<int>().ShouldBe(status);
        Json["code"]!.GetValue<string>().ShouldBe(code, Encoding.UTF8.GetString(Body));
        return this;
    }
}
