using Concert.Api;
using Concert.Bench.Service;
using Concert.Booking;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;
using Concert.Embedded;
using Concert.Embedded.Messaging;

namespace Concert.Benchmarks.Services;

/// <summary>The whole service as the one-process host composes it, without a network: endpoints, domain, pump and store.</summary>
internal sealed class InProcessService : IAsyncDisposable
{
    private const int MostPlaces = 1_000_000;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(1);

    private readonly WebApplication _app;
    private readonly ScratchFolder? _folder;

    private InProcessService(WebApplication app, ScratchFolder? folder) => (_app, _folder, Calls) = (app, folder, new HttpCalls(app.Services));

    public HttpCalls Calls { get; }

    public IServiceProvider Services => _app.Services;

    private EmbeddedQueue Queue => Services.GetRequiredService<EmbeddedQueue>();

    /// <param name="onDisk">Whether it has a data folder of its own, removed at the end; else everything is in memory.</param>
    /// <param name="settings">Beside those that every benchmark needs.</param>
    public static Task<InProcessService> OpenAsync(bool onDisk, params (string Key, string Value)[] settings)
    {
        var folder = onDisk ? new ScratchFolder() : null;
        return OpenAsync(folder?.Sub("data"), folder, settings);
    }

    /// <summary>On a data folder that stays.</summary>
    public static Task<InProcessService> OpenAsync(string folder) => OpenAsync(folder, null, []);

    private static async Task<InProcessService> OpenAsync(string? folder, ScratchFolder? owned, (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["WaitingRoom:SigningKey"] = new('k', 32),
            ["WaitingRoom:MaxActive"] = "1000000",
            ["WaitingRoom:AdmitPerInterval"] = "1000000",
            ["WaitingRoom:ActiveFor"] = "1.00:00:00",
            ["WaitingRoom:SilenceLimit"] = "1.00:00:00",
            ["Admin:Key"] = HttpCalls.AdminKey,
            ["Booking:HoldFor"] = "1.00:00:00",
            ["Booking:MaxPerUser"] = "1000000",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.ClearProviders();
        builder.Services.AddHybridCache(cache => cache.MaximumPayloadBytes = CatalogReader.MaxPayloadBytes);
        builder.Services.AddConcertBooking(builder.Configuration);
        builder.Services.AddConcertApi(builder.Configuration);
        builder.Services.AddConcertEmbedded(builder.Configuration, folder);
        var app = builder.Build();
        await app.Services.GetRequiredService<QueuePump>().StartAsync(CancellationToken.None);
        return new InProcessService(app, owned);
    }

    /// <summary>Creates a schedule on sale.</summary>
    /// <param name="sections">How many sections of numbered seats.</param>
    /// <param name="seats">Seats of each.</param>
    /// <param name="inventories">How many inventories, each as large as one may be.</param>
    public async Task<CreatedSchedule> CreateScheduleAsync(int sections, int seats, int inventories = 0)
    {
        var catalog = Services.GetRequiredService<ICatalogAdmin>();
        var concert = (await catalog.CreateConcertAsync(new NewConcert("Bench"), null, CancellationToken.None)).Value;
        var now = TimeProvider.System.GetUtcNow();
        var range = System.Text.Json.JsonSerializer.SerializeToElement(new { from = 1, to = seats, price = 50_000 });
        return (await catalog.CreateScheduleAsync(
            new NewSchedule(
                concert.Id,
                now.AddDays(30),
                now.AddDays(31),
                now.AddMinutes(-1),
                now.AddDays(29),
                [.. Enumerable.Range(1, sections).Select(section => new NewSection($"S{section}", range))],
                [.. Enumerable.Range(1, inventories).Select(inventory => new NewInventory($"G{inventory}", MostPlaces, 50_000))]),
            null,
            CancellationToken.None)).Value;
    }

    /// <summary>Tokens of distinct users who are in the line, in their order.</summary>
    public async Task<IReadOnlyList<(TokenClaims Claims, string Token)>> JoinAsync(int users, string prefix = "user")
    {
        var (room, signer, ids) = (Services.GetRequiredService<IWaitingRoom>(), Services.GetRequiredService<TokenSigner>(), Services.GetRequiredService<IdGenerator>());
        var limits = Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Booking.Settings.WaitingRoomOptions>>().Value.Limits;
        var joined = new (TokenClaims, string)[users];
        await Parallel.ForAsync(0, users, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (i, cancellationToken) =>
        {
            var now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            var claims = new TokenClaims(ids.NewTokenId(), $"{prefix}-{i}", TokenClaims.General, now);
            await room.JoinAsync(claims, limits, now, cancellationToken);
            joined[i] = (claims, signer.Sign(claims));
        });
        return joined;
    }

    /// <summary>Returns when every command was handled.</summary>
    public async Task DrainAsync()
    {
        while (Queue.Status.Depth > 0)
        {
            await Task.Delay(Poll);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Services.GetRequiredService<QueuePump>().StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _folder?.Dispose();
    }
}
