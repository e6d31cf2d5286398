namespace Concert.Lab.Ways;

/// <summary>Waits that double from try to try up to a limit, each at random below its size, so that those who met do not meet again.</summary>
internal static class Backoff
{
    public static Task WaitAsync(int attempt, int firstMilliseconds, int mostMilliseconds, CancellationToken cancellationToken)
    {
        var most = Math.Min((long)firstMilliseconds << Math.Min(attempt, 20), mostMilliseconds);
        return Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * most), cancellationToken);
    }
}
