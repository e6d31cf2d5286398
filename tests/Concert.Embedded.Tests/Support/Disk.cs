using Concert.Embedded.Sqlite;
using SQLitePCL;

namespace Concert.Embedded.Tests.Support;

/// <summary>
/// What a test does to commits: holds them up, or makes them fail. Handed to a backend as what happens before each commit. Disposing lets everything go,
/// so that a failing test ends; declare it after the backend.
/// </summary>
internal sealed class Disk : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _moving = new(true);
    private volatile string? _fault;

    public int Commits { get; private set; }

    /// <summary>A commit has come as far as to be held up.</summary>
    public Task Reached => _reached.Task;

    /// <summary>No commit ends any more, until it goes on or what this answers is disposed.</summary>
    public Disk Stop()
    {
        _moving.Reset();
        return this;
    }

    public void GoOn() => _moving.Set();

    public void Fill() => _fault = "The disk is full.";

    public void Free() => _fault = null;

    public void BeforeCommit()
    {
        if (!_moving.IsSet)
        {
            _reached.TrySetResult();
            _moving.Wait();
        }

        Commits++;
        if (_fault is { } fault)
        {
            throw new SqliteFault(raw.SQLITE_FULL, fault);
        }
    }

    public void Dispose()
    {
        Free();
        GoOn();
    }
}
