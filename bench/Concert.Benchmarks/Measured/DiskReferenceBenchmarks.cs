using BenchmarkDotNet.Attributes;
using Concert.Bench.Service;
using Concert.Benchmarks.Running;

namespace Concert.Benchmarks.Measured;

/// <summary>What this machine's disk takes, for what waits for it.</summary>
[BenchmarkCategory(Categories.Disk)]
public class DiskReferenceBenchmarks : IDisposable
{
    private readonly byte[] _page = new byte[4096];
    private ScratchFolder? _folder;
    private FileStream? _file;

    [GlobalSetup]
    public void Open()
    {
        _folder = new ScratchFolder();
        _file = new FileStream(_folder.Sub("sync"), FileMode.Create);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _file?.Dispose();
        _folder?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>4 KB on disk.</summary>
    [Benchmark]
    public void SyncedWrite()
    {
        _file!.Position = 0;
        _file.Write(_page);
        _file.Flush(flushToDisk: true);
    }
}
