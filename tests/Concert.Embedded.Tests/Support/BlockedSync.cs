using Concert.Contracts;

namespace Concert.Embedded.Tests.Support;

/// <summary>Holds up every sync of a file until it is released or disposed. Declared after the backend, so that a failing test lets it end.</summary>
internal sealed class BlockedSync : ICommitHold
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new();

    public BlockedSync(MemoryFiles files, string prefix = "journal-") => files.OnSync = name =>
    {
        if (name.StartsWith(prefix, StringComparison.Ordinal))
        {
            _started.TrySetResult();
            _released.Task.Wait();
        }
    };

    /// <summary>A sync has begun.</summary>
    public Task Started => _started.Task;

    Task ICommitHold.Reached => Started;

    public void Release() => _released.TrySetResult();

    public void Dispose() => Release();
}
