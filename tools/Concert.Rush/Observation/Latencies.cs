namespace Concert.Rush.Observation;

/// <summary>Nearest-rank percentiles: each is a value that was measured, none is made up between two.</summary>
public sealed record Latencies(int Count, TimeSpan P50, TimeSpan P95, TimeSpan P99, TimeSpan Max)
{
    /// <summary>Null when nothing was measured.</summary>
    public static Latencies? Of(IEnumerable<TimeSpan> measured)
    {
        var sorted = measured.ToArray();
        if (sorted.Length == 0)
        {
            return null;
        }

        Array.Sort(sorted);
        return new Latencies(sorted.Length, Percentile(sorted, 50), Percentile(sorted, 95), Percentile(sorted, 99), sorted[^1]);
    }

    /// <summary>The smallest value that at least <paramref name="percent"/> of all values do not exceed.</summary>
    public static TimeSpan Percentile(IReadOnlyList<TimeSpan> sorted, int percent)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Count);
        var rank = (((long)sorted.Count * percent) + 99) / 100;
        return sorted[(int)Math.Clamp(rank, 1, sorted.Count) - 1];
    }
}
