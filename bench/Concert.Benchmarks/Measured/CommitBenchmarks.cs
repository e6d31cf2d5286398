using BenchmarkDotNet.Attributes;
using Concert.Bench.Service;
using Concert.Benchmarks.Running;
using Concert.Benchmarks.Services;
using Concert.Booking.Ports;
using Concert.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Benchmarks.Measured;

/// <summary>Batches of two new documents of 300 bytes into the SQLite store on a disk.</summary>
[BenchmarkCategory(Categories.Disk)]
public class CommitBenchmarks : IDisposable
{
    private const int AtOnce = 64;

    private static readonly byte[] Json = [.. System.Text.Encoding.UTF8.GetBytes($$"""{"type":"bench","status":"HELD","text":"{{new string('x', 260)}}"}""")];

    private ScratchFolder? _folder;
    private EmbeddedBackend? _backend;
    private int _next;

    [GlobalSetup]
    public void Open()
    {
        _folder = new ScratchFolder();
        _backend = EmbeddedBackend.Open(new EmbeddedOptions { DataFolder = _folder.Sub("data") }, TimeProvider.System, NullLogger.Instance);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _backend?.Dispose();
        _folder?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>One after the other: each waits for its sync.</summary>
    [Benchmark]
    public Task CommitAlone() => CommitAsync();

    /// <summary>64 at once share a transaction.</summary>
    [Benchmark(OperationsPerInvoke = AtOnce)]
    public Task CommitTogether() => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => CommitAsync()));

    private async Task CommitAsync()
    {
        var number = Interlocked.Increment(ref _next);
        var partition = new PartitionRef(DocumentContainer.Bookings, $"c1-s1:{number % 100}");
        var result = await _backend!.Store.CommitAsync(
            partition, [new DocumentOperation.Create($"r:{number:D9}", Json), new DocumentOperation.Create($"s:{number:D9}", Json)], CancellationToken.None);
        if (result is not CommitResult.Committed)
        {
            throw new InvalidOperationException($"The batch was not committed: {result}");
        }
    }
}
