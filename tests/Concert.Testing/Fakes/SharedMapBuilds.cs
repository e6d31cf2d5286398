using Concert.Booking.Catalog;

namespace Concert.Testing.Fakes;

/// <summary>Builds under way. Who asks for the same map meanwhile waits for the same build, which belongs to none of them and goes on when they give up.</summary>
public sealed class SharedMapBuilds
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string ScheduleId, string Version), Task<CachedSeatMap>> _running = [];

    public Task<CachedSeatMap> BuildAsync(
        string scheduleId, string version, Func<CancellationToken, Task<CachedSeatMap>> build, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource();
        Task<CachedSeatMap> running;
        lock (_lock)
        {
            if (_running.TryGetValue((scheduleId, version), out var found))
            {
                return found.WaitAsync(cancellationToken);
            }

            _running[(scheduleId, version)] = running = RunAsync();
        }

        started.SetResult();
        return running.WaitAsync(cancellationToken);

        async Task<CachedSeatMap> RunAsync()
        {
            await started.Task;
            try
            {
                return await build(CancellationToken.None);
            }
            finally
            {
                lock (_lock)
                {
                    _running.Remove((scheduleId, version));
                }
            }
        }
    }
}
