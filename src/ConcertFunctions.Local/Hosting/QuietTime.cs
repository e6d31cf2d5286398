using System.Runtime.InteropServices;
using Concert.Api.Streams;
using Concert.Embedded;

namespace ConcertFunctions.Local.Hosting;

/// <summary>
/// Gives memory back once nothing happens any more. A collector that has nothing to do collects nothing: what a start or a rush has left, and the database's
/// page cache, would stay for as long as the service rests. Measured by what is allocated, which the timers alone keep far below the threshold.
/// </summary>
internal sealed class QuietTime(EmbeddedBackend backend, IOpenStreams streams, IProcessMemory memory, TimeProvider time) : BackgroundService
{
    /// <summary>Nothing has happened for this long.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Less than this in an interval is nothing: the timers and a probe of readiness.</summary>
    internal const long Nothing = 1 << 20;

    /// <summary>Less than this since the last time is not worth a collection.</summary>
    internal const long WorthIt = 16 << 20;

    /// <summary>
    /// An open stream allocates about so much in an interval, whatever happens. Without a collection after a wave of them, as much again as they need would stay.
    /// </summary>
    internal const long OfAStream = 2 << 10;

    private long _before;
    private long _since;

    /// <summary>Looks, at the end of each interval.</summary>
    internal async Task LookAsync()
    {
        var now = memory.Allocated;
        var work = Math.Max(0, now - _before - (OfAStream * streams.Count));
        (_before, _since) = (now, _since + work);
        if (work < Nothing && _since > WorthIt)
        {
            await backend.ReleaseMemoryAsync();
            memory.Release();
            _since = 0;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}

/// <summary>The process's memory as the collector has it; an interface for the tests.</summary>
internal interface IProcessMemory
{
    /// <summary>Bytes allocated since the start.</summary>
    long Allocated { get; }

    /// <summary>Collects everything and gives the system back what is free. All threads stand still meanwhile, some tens of milliseconds.</summary>
    void Release();
}

internal sealed class ProcessMemory : IProcessMemory
{
    private static readonly MallocTrim? Trim = FindTrim();

    private delegate int MallocTrim(nuint pad);

    public long Allocated => GC.GetTotalAllocatedBytes();

    public void Release()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = Trim?.Invoke(0);
    }

    /// <summary>
    /// What SQLite and the runtime have freed, glibc keeps unless it is told (malloc_trim(3)). Null where there is no glibc: other allocators do it by themselves.
    /// </summary>
    private static MallocTrim? FindTrim() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, "malloc_trim", out var trim)
            ? Marshal.GetDelegateForFunctionPointer<MallocTrim>(trim)
            : null;
}
