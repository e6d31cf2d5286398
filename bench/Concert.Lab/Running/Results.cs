using Concert.Lab.Ways;
using Concert.Lab.Works;

namespace Concert.Lab.Running;

/// <summary>The rounds of one way at one work, or why there are none.</summary>
internal sealed class Cell(WayInfo way, string? reason)
{
    private readonly List<Round> _rounds = [];

    public WayInfo Way => way;

    public IReadOnlyList<Round> Rounds => _rounds;

    /// <summary>Null while it runs.</summary>
    public string? Reason { get; private set; } = reason;

    public bool IsCorrect => _rounds.Count > 0 && _rounds.TrueForAll(round => round.IsCorrect);

    public double PerSecond => Spread.Of(_rounds.Select(round => round.PerSecond)).Median;

    public void Add(Round round) => _rounds.Add(round);

    /// <summary>It runs no more; what it has done stays.</summary>
    public void Stop(string why) => Reason ??= why;
}

/// <summary>All cells of a work, in the order of the ways.</summary>
internal sealed record WorkResults(Work Work, IReadOnlyList<Cell> Cells);

internal readonly record struct Spread(double Least, double Median, double Most)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0
            ? default
            : new Spread(sorted[0], sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2, sorted[^1]);
    }
}
