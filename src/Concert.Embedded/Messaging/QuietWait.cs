namespace Concert.Embedded.Messaging;

internal static class QuietWait
{
    /// <summary>Returns when the task has ended, the time is over or the token is cancelled, and throws for none of them.</summary>
    public static async Task WaitQuietlyAsync(this Task task, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken) =>
        await task.WaitAsync(timeout, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
