using BenchmarkDotNet.Attributes;
using Concert.Benchmarks.Running;
using Concert.Benchmarks.Services;

namespace Concert.Benchmarks.Measured;

/// <summary>
/// <c>POST /api/reservation</c> through the whole pipeline, 64 callers at once, until the last hold is committed: the accept with its hold. Its processor time
/// is that of every thread: endpoints, pump, writer and checkpoints.
/// </summary>
[BenchmarkCategory(Categories.Disk, Categories.Concurrent)]
public class AcceptBenchmarks
{
    private const int Callers = 64;
    private const int Accepts = 2048;
    private const int Users = 32_768;
    private const int Inventories = 8;

    private InProcessService? _service;
    private HttpCall[] _calls = [];
    private int _next = -1;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _service = await InProcessService.OpenAsync(onDisk: true);
        var schedule = await _service.CreateScheduleAsync(0, 0, Inventories);
        byte[][] bodies = [.. schedule.Inventories.Select(inventory => System.Text.Encoding.UTF8.GetBytes($$"""{"inventoryId":"{{inventory.Id}}","quantity":1}"""))];
        _calls = [.. (await _service.JoinAsync(Users)).Select((joined, i) => new HttpCall("POST", "/api/reservation", "", joined.Token, bodies[i % bodies.Length]))];
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _service!.DisposeAsync();

    [Benchmark(OperationsPerInvoke = Accepts)]
    public async Task AcceptWithItsHold()
    {
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Accepts / Callers; i++)
            {
                await _service!.Calls.ExpectAsync(_calls[(uint)Interlocked.Increment(ref _next) % Users], StatusCodes.Status202Accepted);
            }
        })));
        await _service!.DrainAsync();
    }
}
