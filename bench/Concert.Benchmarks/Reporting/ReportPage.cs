using System.Globalization;
using System.Text;

namespace Concert.Benchmarks.Reporting;

/// <summary>Reports and comparisons as Markdown.</summary>
internal static class ReportPage
{
    public static string Of(Report report)
    {
        var text = new StringBuilder("# Benchmarks as committed\n\n")
            .Append(CultureInfo.InvariantCulture, $"{report.Date}; {report.Machine}.{(report.IsQuick ? " **A quick run: nothing to compare with.**" : "")}\n\n")
            .Append("Written by `dotnet run -c Release --project bench/Concert.Benchmarks -- --save`, with `report.json` beside it, which `-- compare` reads. ")
            .Append("What each measures stands in the code, `bench/Concert.Benchmarks/Measured`.\n\n")
            .Append("| one operation of | median | 99.9 % of the mean | processor, all threads | allocated, bytes |\n|---|---|---|---|---|\n");
        foreach (var benchmark in report.Benchmarks)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {benchmark.Name} | {Time(benchmark.Median)} | {Time(benchmark.Lower)} – {Time(benchmark.Upper)} | {Time(benchmark.Processor)} | {benchmark.Allocated:N0} |\n");
        }

        return text.ToString();
    }

    public static string Of(Comparison comparison, Report committed)
    {
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"Against the report of {committed.Date} ({committed.Machine}).\n")
            .Append(CultureInfo.InvariantCulture, $"This machine takes {comparison.MachineRatio:N2} times as long for the same work, which the ratios of times are free of.\n\n")
            .Append("| | benchmark | time | processor | allocated |\n|---|---|---|---|---|\n");
        foreach (var compared in comparison.Benchmarks.OrderBy(compared => compared.Verdict is Verdict.Same).ThenBy(compared => compared.Verdict))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Word(compared.Verdict)} | {compared.Name} | {compared.Time:N2} | {compared.Processor:N2} | {compared.Allocated:N2} |\n");
        }

        return text.Append(comparison.GotWorse ? "\nSomething got worse.\n" : "\nNothing got worse.\n").ToString();
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Worse => "**WORSE**",
        Verdict.Gone => "**GONE**",
        Verdict.Better => "better",
        Verdict.New => "new",
        _ => "",
    };

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, nanoseconds):N0} ns"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000:N2} µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000:N2} ms"),
    };
}
