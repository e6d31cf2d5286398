namespace Concert.Rush.Judging;

/// <summary>One promise and whether it was kept.</summary>
/// <param name="Name">The promise, in a few words.</param>
/// <param name="Rules">The invariants' short names.</param>
/// <param name="Kept">It held.</param>
/// <param name="Detail">The numbers behind it; of a broken one the first cases.</param>
public sealed record Verdict(string Name, string Rules, bool Kept, string Detail)
{
    private const int Shown = 3;

    /// <summary>Kept when nothing is broken.</summary>
    public static Verdict From(string name, string rules, IEnumerable<BrokenPromise> broken, string whenKept) => From(name, rules, [.. broken.Select(b => b.Detail)], whenKept);

    /// <summary>Kept when there are no faults.</summary>
    public static Verdict From(string name, string rules, IReadOnlyCollection<string> faults, string whenKept) => faults.Count == 0
        ? new Verdict(name, rules, true, whenKept)
        : new Verdict(name, rules, false, string.Join("; ", faults.Take(Shown)) + (faults.Count > Shown ? $"; and {faults.Count - Shown} more" : ""));
}
