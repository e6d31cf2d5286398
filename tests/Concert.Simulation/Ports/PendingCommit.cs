using Concert.Simulation.Engine;

namespace Concert.Simulation.Ports;

/// <summary>
/// A change that is decided and in memory and not durable yet: after a while it is, or a crash of whoever keeps it has taken it back. An answer that shows
/// or repeats it rests on it.
/// </summary>
public sealed class PendingCommit
{
    private readonly List<Action<bool>> _resting = [];

    /// <summary>Null while nobody knows.</summary>
    public bool? IsDurable { get; private set; }

    public void End(bool isDurable)
    {
        IsDurable = isDurable;
        _resting.ForEach(next => next(isDurable));
    }

    public void Then(Action<bool> next)
    {
        if (IsDurable is { } known)
        {
            next(known);
        }
        else
        {
            _resting.Add(next);
        }
    }
}

internal static class PendingCalls
{
    /// <summary>
    /// One call over the network like <see cref="SimProcess.CallAsync"/>, whose answer is held until what it rests on is durable; then it is
    /// <paramref name="lost"/> that answers when it was not.
    /// </summary>
    public static async Task<T> CallAsync<T>(
        this SimProcess process, World world, Func<T> execute, Func<PendingCommit?> restsOn, Func<T> lost, CancellationToken cancellationToken)
    {
        PendingCommit? pending = null;
        var value = await process.CallAsync(
            () =>
            {
                var decided = execute();
                pending = restsOn();
                return decided;
            },
            cancellationToken);
        if (pending is null or { IsDurable: true })
        {
            return value;
        }

        var isDurable = new TaskCompletionSource<bool>();
        pending.Then(known => world.Schedule(process, world.Latency(), () => isDurable.TrySetResult(known)));
        using var gaveUp = cancellationToken.Register(() => isDurable.TrySetCanceled(cancellationToken));
        return await isDurable.Task ? value : lost();
    }
}
