using BenchmarkDotNet.Reports;
using Concert.Benchmarks.Reporting;

namespace Concert.Benchmarks.Running;

/// <summary>Takes what is reported from what was measured.</summary>
internal static class Results
{
    /// <summary>Throws <see cref="InvalidOperationException"/> when a benchmark failed.</summary>
    public static IReadOnlyList<Benchmark> Of(IEnumerable<Summary> summaries) =>
        [.. summaries.SelectMany(summary => summary.Reports).Select(Of).OrderBy(benchmark => benchmark.Name, StringComparer.Ordinal)];

    private static Benchmark Of(BenchmarkReport report)
    {
        var (run, type) = (report.BenchmarkCase, report.BenchmarkCase.Descriptor.Type.Name);
        var parameters = run.Parameters.Count == 0 ? "" : $"({string.Join(", ", run.Parameters.Items.Select(parameter => $"{parameter.Name}={parameter.Value}"))})";
        var name = $"{type[..^"Benchmarks".Length]}.{run.Descriptor.WorkloadMethod.Name}{parameters}";
        if (report.ResultStatistics is not { } statistics)
        {
            throw new InvalidOperationException($"{name} failed; see above.");
        }

        return new Benchmark(
            name,
            statistics.Median,
            statistics.ConfidenceInterval.Lower,
            statistics.ConfidenceInterval.Upper,
            report.Metrics.TryGetValue(ProcessorTime.Id, out var processor) ? processor.Value : 0,
            report.GcStats.GetBytesAllocatedPerOperation(run) ?? 0,
            run.Descriptor.Categories.Contains(Categories.Disk),
            run.Descriptor.Categories.Contains(Categories.Concurrent));
    }
}
