using BenchmarkDotNet.Attributes;
using Concert.Benchmarks.Services;

namespace Concert.Benchmarks.Measured;

/// <summary>Calls that write nothing, through the whole pipeline without a network, one after the other.</summary>
public class PipelineBenchmarks
{
    private InProcessService? _service;
    private HttpCall _refused = null!;
    private HttpCall _waiting = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _service = await InProcessService.OpenAsync(onDisk: false, ("WaitingRoom:MaxActive", "2"), ("WaitingRoom:AdmitPerInterval", "2"));
        var schedule = await _service.CreateScheduleAsync(1, 500);
        var winner = await _service.JoinAsync(1, "winner");
        var loser = await _service.JoinAsync(1, "loser");
        var later = await _service.JoinAsync(1, "later");
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"seatId":"{{schedule.Sections[0].SeatIds[0]}}"}""");
        await _service.Calls.ExpectAsync(new HttpCall("POST", "/api/reservation", "", winner[0].Token, body), StatusCodes.Status202Accepted);
        await _service.DrainAsync();
        _refused = new HttpCall("POST", "/api/reservation", "", loser[0].Token, body);
        _waiting = _refused with { Token = later[0].Token };
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _service!.DisposeAsync();

    /// <summary>The seat gate says that the seat is taken: 409.</summary>
    [Benchmark]
    public Task RefusalByTheGate() => _service!.Calls.ExpectAsync(_refused, StatusCodes.Status409Conflict);

    /// <summary>The token is still waiting: 403.</summary>
    [Benchmark]
    public Task RefusalOfWhoWaits() => _service!.Calls.ExpectAsync(_waiting, StatusCodes.Status403Forbidden);

    /// <summary>The request itself, which the others include.</summary>
    [Benchmark]
    public HttpContext RequestAlone() => _service!.Calls.Context(_refused);
}
