namespace Concert.Resilience.Tests.Crashes.Host;

/// <summary>A service that goes down and comes back on the same folder. Its callers wait while it is down.</summary>
internal sealed class CrashingService(DataFolder folder, IReadOnlyDictionary<string, string> settings, Random random) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _alarms = [];
    private TaskCompletionSource<Uri> _up = NewSource();
    private LocalProcess? _process;

    /// <summary>SIGKILLs so far.</summary>
    public int Kills { get; private set; }

    /// <summary>Critical and error lines that any of its processes logged.</summary>
    public IReadOnlyList<string> Alarms => _alarms;

    /// <summary>Where it listens now, or will when it is back.</summary>
    public Task<Uri> UrlAsync()
    {
        lock (_lock)
        {
            return _up.Task;
        }
    }

    public async Task StartAsync()
    {
        _process = LocalProcess.Start(folder.Path, settings);
        try
        {
            var url = await _process.ListeningAsync();
            lock (_lock)
            {
                _up.TrySetResult(url);
            }
        }
        catch (Exception failed) when (failed is InvalidOperationException or TimeoutException)
        {
            throw new InvalidOperationException($"It did not come back on {folder.Path}: {string.Join(" | ", _process.Errors.Concat(_process.Output))}", failed);
        }
    }

    public async Task KillAsync()
    {
        lock (_lock)
        {
            _up = NewSource();
        }

        Kills++;
        await EndAsync();
    }

    /// <summary>Kills it while it starts and recovers, listening or not.</summary>
    public async Task KillWhileStartingAsync()
    {
        _process = LocalProcess.Start(folder.Path, settings);
        await Task.Delay(random.Next(20, 700));
        Kills++;
        await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await EndAsync();
        }
    }

    private async Task EndAsync()
    {
        await _process!.KillAsync();
        _alarms.AddRange(_process.Output.Where(line => line.Contains("crit: ", StringComparison.Ordinal) || line.Contains("fail: ", StringComparison.Ordinal)));
        await _process.DisposeAsync();
        _process = null;
    }

    private static TaskCompletionSource<Uri> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
