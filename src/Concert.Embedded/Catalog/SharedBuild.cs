using System.Diagnostics.CodeAnalysis;
using Concert.Booking.Catalog;

namespace Concert.Embedded.Catalog;

/// <summary>One build that several callers wait for. It belongs to none of them: it is cancelled when the last one has left.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has neither timer nor handle, and a build that is still ending may use its token.")]
internal sealed class SharedBuild
{
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Lock _lock = new();
    private Task<CachedSeatMap>? _task;

    /// <summary>Callers that wait; changed under the cache's lock.</summary>
    public int Waiting { get; set; }

    /// <summary>The first caller starts the build, the others join it.</summary>
    public Task<CachedSeatMap> Start(Func<CancellationToken, Task<CachedSeatMap>> build, Action<CachedSeatMap> keep)
    {
        var starter = default(TaskCompletionSource);
        lock (_lock)
        {
            if (_task is null)
            {
                starter = new TaskCompletionSource();
                _task = RunAsync(starter.Task, build, keep);
            }
        }

        starter?.SetResult();
        return _task;
    }

    /// <summary>Cancels the build if it still runs.</summary>
    public void Abandon() => _abandoned.Cancel();

    private async Task<CachedSeatMap> RunAsync(Task started, Func<CancellationToken, Task<CachedSeatMap>> build, Action<CachedSeatMap> keep)
    {
        await started;
        var map = await build(_abandoned.Token);
        keep(map);
        return map;
    }
}
