using BenchmarkDotNet.Attributes;
using Concert.Benchmarks.Services;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ports;
using Concert.Booking.Reservations.Reserve;

namespace Concert.Benchmarks.Measured;

/// <summary>The seat map from the snapshots of its sections to its JSON and its entity tag.</summary>
public class SeatMapBenchmarks
{
    private const int MostOfSection = 1000;

    private readonly AlternatingMaps _maps = new();
    private InProcessService? _service;
    private SeatMapReader? _reader;
    private string _schedule = "";
    private int _sections;

    [Params(500, 60_000)]
    public int Seats { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _service = await InProcessService.OpenAsync(onDisk: false);
        _sections = Math.Max(1, Seats / MostOfSection);
        var schedule = await _service.CreateScheduleAsync(_sections, Seats / _sections);
        _schedule = schedule.Id;
        var sections = new ScheduleSections(_service.Services.GetRequiredService<IDocumentStore>(), _maps, TimeProvider.System);
        _reader = ActivatorUtilities.CreateInstance<SeatMapReader>(_service.Services, sections);
        await ReadAsync();
        var reserve = _service.Services.GetRequiredService<IReserveUseCase>();
        foreach (var section in schedule.Sections)
        {
            await reserve.RequestAsync(new Caller("user-1"), new ReservationRequest(section.SeatIds[0], null, null, null), CancellationToken.None);
        }

        await _service.DrainAsync();
        await ReadAsync();
        _maps.IsRecording = false;
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _service!.DisposeAsync();

    /// <summary>Nothing was changed since the last time.</summary>
    [Benchmark]
    public Task<SeatMap> Unchanged() => ReadAsync(changing: 0);

    /// <summary>A seat of one section was.</summary>
    [Benchmark]
    public Task<SeatMap> OneSectionChanged() => ReadAsync(changing: 1);

    /// <summary>A seat of each section was.</summary>
    [Benchmark]
    public Task<SeatMap> AllRendered() => ReadAsync(_sections);

    private async Task<SeatMap> ReadAsync(int changing = 0)
    {
        _maps.Changing = changing;
        return (await _reader!.GetAsync(_schedule, null, includeAll: true, CancellationToken.None)).Value;
    }
}
