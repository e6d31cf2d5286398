using System.Diagnostics;
using System.Text.Json;
using Concert.Bench.Service;
using Concert.Benchmarks.Services;
using Concert.Booking.Catalog;
using Concert.Booking.Reservations.Reserve;
using Concert.Embedded;

namespace Concert.Bench.Growth;

/// <summary>A data folder to grow, and what is on sale in it.</summary>
/// <param name="Full">The schedule that has the reservations.</param>
/// <param name="Empty">Schedules that nobody has booked yet; none where a measurement makes its own.</param>
internal sealed record House(string Full, IReadOnlyList<string> Empty);

/// <summary>One size in a process of its own, so that its memory is its own: filled once, then measured in each round.</summary>
internal static class GrowthPoint
{
    /// <summary>In a measurement, of each kind.</summary>
    public const int HoldsOfMeasurement = 2_000;

    private const int WarmUps = 4_000;
    private const int MostOfInventory = 900_000;
    private const int SeatsOfSection = 1_000;
    private const string HouseFile = "house.json";

    /// <summary>Fills a new folder with so many holds of an inventory; the last of a million are another's, so that the first has places left.</summary>
    public static async Task FillReservationsAsync(string folder, int reservations)
    {
        await using var service = await InProcessService.OpenAsync(Data(folder));
        var full = await FindAsync(service, (await service.CreateScheduleAsync(0, 0, inventories: 2)).Id);
        var (filling, ofFirst) = (new Filling(service, Progress(reservations)), Math.Min(reservations, MostOfInventory));
        await filling.FillInventoryAsync(full, 0, ofFirst);
        await filling.FillInventoryAsync(full, 1, reservations - ofFirst);
        await WriteAsync(folder, new House(full.ScheduleId, []));
    }

    /// <summary>Fills a new folder with a house of so many seats of which every second is held, and with empty ones for the measurements.</summary>
    public static async Task FillSeatsAsync(string folder, int seats, int rounds)
    {
        await using var service = await InProcessService.OpenAsync(Data(folder));
        var (sections, ofSection) = (Math.Max(1, seats / SeatsOfSection), Math.Min(seats, SeatsOfSection));
        var full = await service.CreateScheduleAsync(sections, ofSection);
        await new Filling(service, Progress(seats / 2)).FillHalfAsync(await FindAsync(service, full.Id));
        var empty = new List<string>();
        for (var places = 0; places < HoldsOfMeasurement * rounds; places += seats)
        {
            empty.Add((await service.CreateScheduleAsync(sections, ofSection)).Id);
        }

        await WriteAsync(folder, new House(full.Id, empty));
    }

    /// <summary>Measures and prints the values as one line of JSON.</summary>
    /// <param name="folder">Filled.</param>
    /// <param name="round">From 0: each takes other places.</param>
    /// <param name="isWhole">Also what is done once: backup, map, report and list.</param>
    public static async Task MeasureAsync(string folder, int round, bool isWhole)
    {
        var house = JsonSerializer.Deserialize<House>(await File.ReadAllTextAsync(Path.Combine(folder, HouseFile)))!;
        await WarmUpAsync();
        var values = new Dictionary<string, double>();
        await using (var service = await InProcessService.OpenAsync(Data(folder)))
        {
            await MeasureHoldsAsync(service, house, round, values);
            values[Value.Memory] = Environment.WorkingSet / 1048576.0;
            if (isWhole)
            {
                await MeasureReadsAsync(service, house, house.Empty.Count > 0, values);
                values[Value.MemoryAfterReads] = Environment.WorkingSet / 1048576.0;
                values[Value.Backup] = Milliseconds(() => DatabaseBackup.Backup(Data(folder), Path.Combine(folder, "backup")));
                File.Delete(Path.Combine(folder, "backup"));
            }
        }

        values[Value.Disk] = ScratchFolder.Bytes(Data(folder)) / 1048576.0;
        Console.WriteLine(JsonSerializer.Serialize(values));
    }

    public static string Data(string folder) => Path.Combine(folder, "data");

    private static async Task MeasureHoldsAsync(InProcessService service, House house, int round, Dictionary<string, double> values)
    {
        if (house.Empty.Count == 0)
        {
            var full = await FindAsync(service, house.Full);
            await AddAsync("place", Enumerable.Repeat(new ReservationRequest(null, null, $"{house.Full}-{full.Inventories[0].Key}", 1), HoldsOfMeasurement));
            var fresh = await service.CreateScheduleAsync(HoldsOfMeasurement / 250, 250);
            await AddAsync("seat", fresh.Sections.SelectMany(section => section.SeatIds).Select(Seat));
            return;
        }

        var seats = new List<string>();
        foreach (var id in house.Empty)
        {
            var schedule = await FindAsync(service, id);
            seats.AddRange(schedule.Sections.SelectMany(section => Enumerable.Range(1, section.SeatCount).Select(seat => $"{id}-{section.Key}-{seat}")));
        }

        // Of all sections alike, and in each round others.
        var stride = seats.Count / HoldsOfMeasurement;
        await AddAsync("seat", Enumerable.Range(0, HoldsOfMeasurement).Select(i => Seat(seats[(i * stride) + (stride > round ? round : 0)])));

        async Task AddAsync(string kind, IEnumerable<ReservationRequest> requests)
        {
            var cost = await HoldLoad.RunAsync(service, $"round-{round}-{kind}", [.. requests]);
            (values[$"{Value.Hold} {kind}"], values[$"{Value.Processor} {kind}"]) = (cost.Wall, cost.Processor);
        }
    }

    /// <param name="service">What is measured.</param>
    /// <param name="house">Its full schedule is read.</param>
    /// <param name="hasSeats">Whether that has numbered seats, the first of which is free.</param>
    /// <param name="values">Filled in.</param>
    private static async Task MeasureReadsAsync(InProcessService service, House house, bool hasSeats, Dictionary<string, double> values)
    {
        var token = (await service.JoinAsync(1))[0].Token;
        if (hasSeats)
        {
            var map = new HttpCall("GET", "/api/concert/available-seats", $"?concertScheduleId={house.Full}&include=all", token);
            values[Value.MapFirst] = await TimeAsync(service, map);
            values[Value.MapAgain] = await TimeAsync(service, map);
            await HoldLoad.RunAsync(service, "map", [Seat(FreeSeat(house.Full))]);
            values[Value.MapAfterHold] = await TimeAsync(service, map);
        }

        values[Value.Report] = await TimeAsync(service, new HttpCall("GET", $"/api/admin/schedule/{house.Full}/report", "", "") { StaffAccept = "application/json" });
        values[Value.List] = await TimeAsync(service, new HttpCall("GET", $"/api/admin/schedule/{house.Full}/reservations", "", "") { StaffAccept = "text/csv" });
    }

    private static async Task<double> TimeAsync(InProcessService service, HttpCall call)
    {
        var start = Stopwatch.GetTimestamp();
        await service.Calls.ExpectAsync(call, StatusCodes.Status200OK);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>What is measured is compiled code: on a store of its own, which is gone before the measured one is opened.</summary>
    private static async Task WarmUpAsync()
    {
        await using var service = await InProcessService.OpenAsync(onDisk: true);
        var schedule = await service.CreateScheduleAsync(WarmUps / SeatsOfSection, SeatsOfSection, inventories: 1);
        await HoldLoad.RunAsync(service, "warm-seat", [.. schedule.Sections.SelectMany(section => section.SeatIds).Where(id => id != FreeSeat(schedule.Id)).Select(Seat)]);
        await HoldLoad.RunAsync(service, "warm-place", [.. Enumerable.Repeat(new ReservationRequest(null, null, schedule.Inventories[0].Id, 1), WarmUps)]);
        await MeasureReadsAsync(service, new House(schedule.Id, []), hasSeats: true, []);
    }

    /// <summary>Filling leaves out every second seat, from the first.</summary>
    private static string FreeSeat(string schedule) => $"{schedule}-1-1";

    private static ReservationRequest Seat(string id) => new(id, null, null, null);

    private static async Task<ScheduleDocument> FindAsync(InProcessService service, string schedule) =>
        await service.Services.GetRequiredService<CatalogReader>().FindScheduleAsync(schedule, CancellationToken.None)
        ?? throw new InvalidOperationException($"There is no schedule {schedule}.");

    private static Task WriteAsync(string folder, House house) => File.WriteAllTextAsync(Path.Combine(folder, HouseFile), JsonSerializer.Serialize(house));

    private static double Milliseconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>A line for each tenth.</summary>
    private static Action<int> Progress(int all)
    {
        var shown = 0;
        return done =>
        {
            var tenth = all == 0 ? 10 : (int)(done * 10L / all);
            if (tenth > shown && all >= 100_000)
            {
                Console.Error.WriteLine($"           {done:N0} of {all:N0}");
            }

            shown = tenth;
        };
    }
}

/// <summary>Names of the values that a measurement prints: milliseconds, MB, or microseconds of a hold.</summary>
internal static class Value
{
    public const string Open = "open";
    public const string Hold = "hold";
    public const string Processor = "processor";
    public const string Memory = "memory";
    public const string MemoryAfterReads = "memory after reads";
    public const string Disk = "disk";
    public const string Backup = "backup";
    public const string MapFirst = "map, first";
    public const string MapAgain = "map, again";
    public const string MapAfterHold = "map, after a hold";
    public const string Report = "report";
    public const string List = "list as CSV";
}
