namespace Concert.Rush.Judging;

/// <summary>
/// Whether a draw could be the order of joining. Spearman's rank correlation of the two, with one middle rank for all who were admitted before they could be seen
/// waiting; times √(n−1) it is close to a standard normal for a fair draw, with thinner tails since ranks are bounded. Where too few wait for the correlation to tell,
/// the exact order of joining, or its reverse, is recognised if it is as unlikely. Together a fair draw is called unfair less than once in a million.
/// </summary>
/// <param name="Admitted">Whose place was not seen: they came first.</param>
/// <param name="Waiting">Who have a place.</param>
/// <param name="Z">The correlation in standard deviations of a fair draw.</param>
/// <param name="Fault">Null when it may be fair.</param>
public sealed record DrawOrder(int Admitted, int Waiting, double Z, string? Fault)
{
    public const int FewestToJudge = 30;

    /// <summary>Exceeded in either direction with probability 5.7e-7.</summary>
    private const double MostZ = 5;

    /// <summary>Two orders less likely than this make 4e-7.</summary>
    private const double Unlikely = 2e-7;

    public bool IsJudged => Waiting > 0 && Admitted + Waiting >= FewestToJudge;

    /// <param name="places">In the order of joining: the place, 0 for who was admitted, less for who has none and does not count.</param>
    public static DrawOrder Of(IReadOnlyList<long> places)
    {
        long[] drawn = [.. places.Where(p => p >= 0)];
        var admitted = drawn.Count(p => p == 0);
        var (n, waiting) = (drawn.Length, drawn.Length - admitted);
        if (waiting == 0 || n < FewestToJudge)
        {
            return new DrawOrder(admitted, waiting, 0, null);
        }

        double[] ranks = [.. drawn.Select(p => p == 0 ? (admitted + 1) / 2.0 : admitted + p)];
        var z = Correlation(ranks) * Math.Sqrt(n - 1);
        var isUnlikely = Enumerable.Range(admitted + 1, waiting).Sum(i => Math.Log(i)) > -Math.Log(Unlikely);
        var fault = Math.Abs(z) > MostZ ? $"the draw is the order of joining: {z:F1} standard deviations from a fair one"
            : isUnlikely && (drawn.SequenceEqual(drawn.Order()) || drawn.SequenceEqual(drawn.OrderDescending())) ? "the draw is exactly the order of joining"
            : null;
        return new DrawOrder(admitted, waiting, z, fault);
    }

    /// <summary>With 1, 2, 3, …</summary>
    private static double Correlation(double[] ranks)
    {
        var (meanJoined, mean) = ((ranks.Length + 1) / 2.0, ranks.Average());
        var (both, joined, drawn) = (0.0, 0.0, 0.0);
        for (var i = 0; i < ranks.Length; i++)
        {
            var (x, y) = (i + 1 - meanJoined, ranks[i] - mean);
            (both, joined, drawn) = (both + (x * y), joined + (x * x), drawn + (y * y));
        }

        return drawn == 0 ? 0 : both / Math.Sqrt(joined * drawn);
    }
}
