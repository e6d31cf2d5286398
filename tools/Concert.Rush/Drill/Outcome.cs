using Concert.Testing.Http;

namespace Concert.Rush.Drill;

/// <summary>Waiting for what was accepted to be decided.</summary>
public static class Outcome
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Reads until it is decided; null when it was not within <see cref="Options.RushOptions.OutcomeTimeout"/>. The audit reads it once more, so nothing is
    /// judged lost here. Not being found is not an end either: it may be the answer of a replica that lags.
    /// </summary>
    public static async Task<T?> AwaitAsync<T>(
        DrillContext drill, T? accepted, Func<T, bool> isDecided, Func<int?, Task<ApiAnswer<T>>> read, CancellationToken cancellationToken)
        where T : class
    {
        if (accepted is not null && isDecided(accepted))
        {
            return accepted;
        }

        var started = drill.Time.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            var left = drill.Options.OutcomeTimeout - drill.Time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            var answer = await read(Math.Clamp((int)left.TotalSeconds, 1, BookingApi.LongestWaitSeconds));
            if (answer is { Succeeded: true, Data: { } data } && isDecided(data))
            {
                return data;
            }

            await Task.Delay(pause, drill.Time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
