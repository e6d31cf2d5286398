using System.Collections.Concurrent;

namespace Concert.Lab.Ways.Guards;

/// <summary>
/// A flag a key in this process that is tried until it is free. It is held while the disk is written, so a waiting caller lets others have its thread after some
/// spins: with fewer threads than callers the one who has the flag would otherwise never get on.
/// </summary>
internal sealed class SpinLocks : IGuard
{
    private const int Spins = 20;

    private readonly ConcurrentDictionary<string, Flag> _flags = new();

    public async Task<Func<Task>> EnterAsync(string key, Action retry, CancellationToken cancellationToken)
    {
        var flag = _flags.GetOrAdd(key, _ => new Flag());
        while (!TryEnter(flag))
        {
            cancellationToken.ThrowIfCancellationRequested();
            retry();
            await Task.Yield();
        }

        return () =>
        {
            Volatile.Write(ref flag.Taken, 0);
            return Task.CompletedTask;
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static bool TryEnter(Flag flag)
    {
        var spinner = default(SpinWait);
        for (var i = 0; i < Spins; i++)
        {
            if (Volatile.Read(ref flag.Taken) == 0 && Interlocked.CompareExchange(ref flag.Taken, 1, 0) == 0)
            {
                return true;
            }

            spinner.SpinOnce(sleep1Threshold: -1);
        }

        return false;
    }

    private sealed class Flag
    {
        public int Taken;
    }
}
