using System.Text.Json;
using Concert.Booking;
using Concert.Booking.Availability;
using Concert.Booking.Catalog;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Embedded;
using Concert.Embedded.Messaging;

namespace Concert.Bench.Service;

/// <summary>The real domain, pump and store on a data folder, without HTTP, and a schedule on sale.</summary>
internal sealed class Venue : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);

    private readonly ServiceProvider _services;

    private Venue(ServiceProvider services, CreatedSchedule schedule) => (_services, Schedule) = (services, schedule);

    public CreatedSchedule Schedule { get; }

    public IReserveUseCase Reserve => _services.GetRequiredService<IReserveUseCase>();

    private EmbeddedQueue Queue => _services.GetRequiredService<EmbeddedQueue>();

    /// <param name="folder">A new data folder.</param>
    /// <param name="sections">Sections, and how many seats each has.</param>
    /// <param name="inventories">Inventories, and how many places each has.</param>
    public static async Task<Venue> OpenAsync(string folder, (int Count, int Places) sections, (int Count, int Places) inventories)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["WaitingRoom:SigningKey"] = new('k', 32),
            ["Admin:Key"] = new('a', 32),
            ["Booking:HoldFor"] = "01:00:00",
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging().AddHybridCache();
        services.AddConcertBooking(configuration);
        services.AddConcertEmbedded(configuration, folder);
        var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<QueuePump>().StartAsync(CancellationToken.None);
        return new Venue(provider, await CreateAsync(provider.GetRequiredService<ICatalogAdmin>(), sections, inventories));
    }

    /// <summary>Returns when every command was handled.</summary>
    public async Task DrainAsync()
    {
        while (Queue.Status.Depth > 0)
        {
            await Task.Delay(Poll);
        }
    }

    /// <summary>Reservations by status, as the report counts them.</summary>
    public async Task<long> HeldAsync() =>
        (await _services.GetRequiredService<IScheduleReports>().ReportAsync(Schedule.Id, CancellationToken.None)).Value.Reservations[ReservationStatus.Held.Name()];

    public async ValueTask DisposeAsync()
    {
        await _services.GetRequiredService<QueuePump>().StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    private static async Task<CreatedSchedule> CreateAsync(ICatalogAdmin catalog, (int Count, int Places) sections, (int Count, int Places) inventories)
    {
        var concert = (await catalog.CreateConcertAsync(new NewConcert("Bench"), null, CancellationToken.None)).Value;
        var now = TimeProvider.System.GetUtcNow();
        var seats = JsonSerializer.SerializeToElement(new { from = 1, to = sections.Places, price = 10_000 });
        var schedule = new NewSchedule(
            concert.Id,
            now.AddDays(30),
            now.AddDays(31),
            now.AddMinutes(-1),
            now.AddDays(29),
            [.. Enumerable.Range(1, sections.Count).Select(i => new NewSection($"S{i}", seats))],
            [.. Enumerable.Range(1, inventories.Count).Select(i => new NewInventory($"G{i}", inventories.Places, 10_000))]);
        return (await catalog.CreateScheduleAsync(schedule, null, CancellationToken.None)).Value;
    }
}
