namespace Concert.Benchmarks.Reporting;

internal enum Verdict
{
    Same,
    Better,
    Worse,

    /// <summary>Not in the committed report.</summary>
    New,

    /// <summary>Only in the committed report.</summary>
    Gone,
}

/// <summary>A benchmark beside its committed self. Ratios are fresh over committed; of times after the machine's own difference was taken out.</summary>
/// <param name="Name">The benchmark.</param>
/// <param name="Verdict">The worst of its parts.</param>
/// <param name="Time">From begin to end.</param>
/// <param name="Processor">Of all threads.</param>
/// <param name="Allocated">Bytes.</param>
internal sealed record Compared(string Name, Verdict Verdict, double Time, double Processor, double Allocated);

/// <summary>
/// Compares a run with the committed one, which another machine may have made: each time is first divided by how much longer the same machine took for work
/// that no change of the service touches (<see cref="Work"/>, or <see cref="Disk"/> for what waits for the disk). Then it got
/// <list type="bullet">
/// <item>worse in time when its median is more than 1.3 times the committed one and their confidence intervals lie apart;</item>
/// <item>worse in processor time when that is more than 1.3 times the committed one;</item>
/// <item>worse in memory when it allocates more than 1.05 times as much: allocations are the same in every run (1.25 times where several threads work on it).</item>
/// </list>
/// Better is the same the other way round. What is gone is worse.
/// </summary>
internal sealed class Comparison
{
    public const double TimeRatio = 1.3;
    public const double AllocatedRatio = 1.05;
    public const double ConcurrentAllocatedRatio = 1.25;

    /// <summary>Work of the processor that stands for the machine: the geometric mean of their ratios.</summary>
    public static readonly string[] Work = ["Reference.FixedLoop", "Reference.JsonEcho"];

    /// <summary>The write that stands for its disk.</summary>
    public const string Disk = "DiskReference.SyncedWrite";

    private readonly double _diskRatio;

    private Comparison(Report committed, Report fresh, bool isPart)
    {
        MachineRatio = Math.Exp(Work.Average(name => Math.Log(Of(committed, name).Median is var before && before > 0 ? Of(fresh, name).Median / before : 1)));
        _diskRatio = Of(fresh, Disk).Median / Of(committed, Disk).Median;
        var found = fresh.Benchmarks.Where(benchmark => !IsReference(benchmark.Name)).Select(benchmark => committed.Find(benchmark.Name) is { } before
            ? Compare(before, benchmark)
            : new Compared(benchmark.Name, Verdict.New, 1, 1, 1));
        var gone = committed.Benchmarks.Where(benchmark => !isPart && fresh.Find(benchmark.Name) is null).Select(benchmark => new Compared(benchmark.Name, Verdict.Gone, 1, 1, 1));
        Benchmarks = [.. found.Concat(gone).OrderBy(compared => compared.Name, StringComparer.Ordinal)];
    }

    /// <summary>How much longer this machine takes than the committed report's.</summary>
    public double MachineRatio { get; }

    public IReadOnlyList<Compared> Benchmarks { get; }

    public bool GotWorse => Benchmarks.Any(compared => compared.Verdict is Verdict.Worse or Verdict.Gone);

    /// <summary>Throws <see cref="InvalidDataException"/> when one of them has not the work that stands for the machine.</summary>
    /// <param name="committed">The report of before.</param>
    /// <param name="fresh">The report of now.</param>
    /// <param name="isPart">Not everything was run: what is missing is not gone.</param>
    public static Comparison Of(Report committed, Report fresh, bool isPart) => new(committed, fresh, isPart);

    private static Benchmark Of(Report report, string name) =>
        report.Find(name) ?? throw new InvalidDataException($"The report of {report.Date} has no {name}, by which machines are compared.");

    private static bool IsReference(string name) => name == Disk || Work.Contains(name);

    private Compared Compare(Benchmark before, Benchmark now)
    {
        var machine = now.IsDisk ? _diskRatio : MachineRatio;
        var time = Ratio(before.Median, now.Median) / machine;
        var processor = Ratio(before.Processor, now.Processor) / MachineRatio;
        var allocated = Ratio(before.Allocated, now.Allocated);
        var apart = now.Lower / machine > before.Upper || now.Upper / machine < before.Lower;
        Verdict[] parts =
        [
            apart ? Judge(time, TimeRatio) : Verdict.Same, Judge(processor, TimeRatio), Judge(allocated, now.IsConcurrent ? ConcurrentAllocatedRatio : AllocatedRatio),
        ];
        var verdict = parts.Contains(Verdict.Worse) ? Verdict.Worse : parts.Contains(Verdict.Better) ? Verdict.Better : Verdict.Same;
        return new Compared(now.Name, verdict, time, processor, allocated);
    }

    private static Verdict Judge(double ratio, double limit) => ratio > limit ? Verdict.Worse : ratio < 1 / limit ? Verdict.Better : Verdict.Same;

    /// <summary>Of nothing to something is as many times as it is.</summary>
    private static double Ratio(double before, double now) => before == now ? 1 : now / Math.Max(1, before);
}
