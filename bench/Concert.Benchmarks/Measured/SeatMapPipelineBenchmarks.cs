using BenchmarkDotNet.Attributes;
using Concert.Benchmarks.Services;

namespace Concert.Benchmarks.Measured;

/// <summary><c>GET /api/concert/available-seats</c> through the whole pipeline; the body goes nowhere.</summary>
public class SeatMapPipelineBenchmarks
{
    private const int MostOfSection = 1000;

    private InProcessService? _service;
    private HttpCall _call = null!;
    private HttpCall _known = null!;

    [Params(500, 60_000)]
    public int Seats { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _service = await InProcessService.OpenAsync(onDisk: false);
        var sections = Math.Max(1, Seats / MostOfSection);
        var schedule = await _service.CreateScheduleAsync(sections, Seats / sections);
        var token = (await _service.JoinAsync(1))[0].Token;
        _call = new HttpCall("GET", "/api/concert/available-seats", $"?concertScheduleId={schedule.Id}&include=all", token);
        _known = _call with { IfNoneMatch = (await _service.Calls.SendAsync(_call)).ETag };
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _service!.DisposeAsync();

    /// <summary>The whole map: 200.</summary>
    [Benchmark]
    public Task SeatMap() => _service!.Calls.ExpectAsync(_call, StatusCodes.Status200OK);

    /// <summary>The caller has it already: 304.</summary>
    [Benchmark]
    public Task SeatMapNotModified() => _service!.Calls.ExpectAsync(_known, StatusCodes.Status304NotModified);
}
