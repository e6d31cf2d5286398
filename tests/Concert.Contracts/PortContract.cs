using Xunit;

namespace Concert.Contracts;

/// <summary>What the contract suites share.</summary>
public abstract class PortContract
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Work beside the test's own: on another thread, or wherever an implementation's world puts it.</summary>
    protected virtual Task<T> BesideAsync<T>(Func<Task<T>> work) => Task.Run(work);

    /// <summary>Runs the action so often at once; all of them begin together.</summary>
    protected async Task<T[]> RaceAsync<T>(int count, Func<int, Task<T>> action)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var racers = Enumerable.Range(0, count).Select(i => BesideAsync(async () =>
        {
            await start.Task;
            return await action(i);
        })).ToList();
        start.SetResult();
        return await Task.WhenAll(racers);
    }

    /// <summary>A token that is cancelled already.</summary>
    protected static CancellationToken Cancelled() => new(canceled: true);

    /// <summary>Cancels where the test runs, and not on some other thread.</summary>
    protected static void CancelHere(CancellationTokenSource source) => source.Cancel();

    /// <summary>The call throws this, or what derives from it. It is awaited where the test runs, unlike by Shouldly.</summary>
    protected static Task<TException> ThrowsAsync<TException>(Func<Task> call)
        where TException : Exception => Assert.ThrowsAnyAsync<TException>(call);
}
