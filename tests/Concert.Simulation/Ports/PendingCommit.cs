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
    public static Task<T> CallAsync<T>(this SimProcess process, World world, Func<T> execute, Func<PendingCommit?> restsOn, Func<T> lost)
    {
        var answer = new TaskCompletionSource<T>();
        world.Schedule(null, world.Latency(), () => Answer(() =>
        {
            var value = execute();
            if (restsOn() is { IsDurable: null } pending)
            {
                pending.Then(isDurable => Answer(() => isDurable ? (true, value) : (true, lost())));
                return (false, value);
            }

            return (true, value);
        }));
        return answer.Task;

        void Answer(Func<(bool IsKnown, T Value)> decide)
        {
            try
            {
                var (isKnown, value) = decide();
                if (isKnown)
                {
                    world.Schedule(process, world.Latency(), () => answer.SetResult(value));
                }
            }
            catch (Exception e)
            {
                world.Schedule(process, world.Latency(), () => answer.SetException(e));
            }
        }
    }
}
