using Microsoft.Coyote.Specifications;
using Microsoft.Extensions.Time.Testing;

namespace Concert.Concurrency.Tests.Scenarios;

/// <summary>What scenarios share.</summary>
internal static class Controlled
{
    public static FakeTimeProvider Clock() => new(new DateTimeOffset(2030, 6, 1, 20, 0, 0, TimeSpan.Zero));

    public static void Check(bool holds, string rule) => Specification.Assert(holds, rule);

    /// <summary>Task.WhenAll of an array: the overload that takes a span came with .NET 9, and Coyote does not know it.</summary>
    public static Task Together(params Task[] tasks) => Task.WhenAll(tasks);

    public static Task<T[]> Together<T>(params Task<T>[] tasks) => Task.WhenAll(tasks);

    /// <summary>Task.WaitAsync in calls that Coyote knows. The explored sources call it instead.</summary>
    public static async Task<T> WaitControlledAsync<T>(this Task<T> task, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            return await task;
        }

        // Its continuations run in place: through the thread pool they would be out of the scheduler's hands.
        var givenUp = new TaskCompletionSource<bool>();
        var registration = cancellationToken.UnsafeRegister(_ => givenUp.TrySetResult(true), null);
        await Task.WhenAny(new List<Task> { task, givenUp.Task });
        // Disposing would wait, outside of the scheduler, for a call of it that the scheduler holds.
        registration.Unregister();
        if (!task.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return await task;
    }

    /// <summary>Time stands still in a scenario.</summary>
    public static Task<T> WaitControlledAsync<T>(this Task<T> task, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken) =>
        task.WaitControlledAsync(cancellationToken);
}

/// <summary>Lazy, with a lock that Coyote knows.</summary>
internal sealed class ControlledLazy<T>(Func<T> make)
    where T : class
{
    private readonly Lock _lock = new();
    private T? _value;

    public T Value
    {
        get
        {
            lock (_lock)
            {
                return _value ??= make();
            }
        }
    }
}
