using System.Collections.Concurrent;

namespace Concert.Lab.Ways.Guards;

/// <summary>A lock a key in this process. It protects from nobody in another process.</summary>
internal sealed class ProcessLock : IGuard
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new();

    public async Task<Func<Task>> EnterAsync(string key, Action retry, CancellationToken cancellationToken)
    {
        var entered = _locks.GetOrAdd(key, _ => new SemaphoreSlim(1, 1));
        await entered.WaitAsync(cancellationToken);
        return () =>
        {
            entered.Release();
            return Task.CompletedTask;
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
