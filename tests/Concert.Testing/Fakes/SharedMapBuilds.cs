namespace Concert.Testing.Fakes;

/// <summary>
/// Builds under way. Who asks for the same version of the same section meanwhile waits for the same build, which belongs to none of them and goes on when
/// they give up.
/// </summary>
public sealed class SharedMapBuilds
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Section, string Version), Task<ReadOnlyMemory<byte>>> _running = [];

    public Task<ReadOnlyMemory<byte>> BuildAsync(
        string section, string version, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource();
        Task<ReadOnlyMemory<byte>> running;
        lock (_lock)
        {
            if (_running.TryGetValue((section, version), out var found))
            {
                return found.WaitAsync(cancellationToken);
            }

            _running[(section, version)] = running = RunAsync();
        }

        started.SetResult();
        return running.WaitAsync(cancellationToken);

        async Task<ReadOnlyMemory<byte>> RunAsync()
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
                    _running.Remove((section, version));
                }
            }
        }
    }
}
