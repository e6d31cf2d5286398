using BenchmarkDotNet.Attributes;
using Concert.Benchmarks.Services;
using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;

namespace Concert.Benchmarks.Measured;

/// <summary>The check that every booking call makes, with 10,000 in the line of the one-process waiting room.</summary>
public class AdmissionBenchmarks
{
    private const int Users = 10_000;

    private InProcessService? _service;
    private IQueueUseCases? _queue;
    private TokenClaims? _active;
    private TokenClaims? _waiting;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _service = await InProcessService.OpenAsync(onDisk: false, ("WaitingRoom:MaxActive", "100"), ("WaitingRoom:AdmitPerInterval", "100"));
        _queue = _service.Services.GetRequiredService<IQueueUseCases>();
        _active = (await _service.JoinAsync(1, "first"))[0].Claims;
        var joined = await _service.JoinAsync(Users);
        _waiting = joined[^1].Claims;
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _service!.DisposeAsync();

    [Benchmark]
    public async Task<bool> Active() => await _queue!.RequireActiveAsync(_active!, null, CancellationToken.None) is null;

    [Benchmark]
    public async Task<bool> Waiting() => await _queue!.RequireActiveAsync(_waiting!, null, CancellationToken.None) is null;
}
