using System.Text.Json;
using BenchmarkDotNet.Reports;
using Concert.Benchmarks.Running;

namespace Concert.Benchmarks.Reporting;

/// <summary>One benchmark. Times are nanoseconds of one operation.</summary>
/// <param name="Name">Class, method and parameters, as <c>SeatMap.Unchanged(Seats=500)</c>.</param>
/// <param name="Median">Of the measured iterations, from begin to end.</param>
/// <param name="Lower">End of the 99.9 % confidence interval of the mean.</param>
/// <param name="Upper">Its other end.</param>
/// <param name="Processor">Of the whole process, every thread.</param>
/// <param name="Allocated">Bytes of the managed heap.</param>
/// <param name="IsDisk">It waits for the disk.</param>
/// <param name="IsConcurrent">Several threads work on it.</param>
internal sealed record Benchmark(string Name, double Median, double Lower, double Upper, double Processor, long Allocated, bool IsDisk = false, bool IsConcurrent = false);

/// <summary>A run of the benchmarks, as it is committed.</summary>
/// <param name="Date">The day, ISO 8601.</param>
/// <param name="Machine">Processor, memory, system and runtime.</param>
/// <param name="IsQuick">Three short iterations only: to see that they run, not to compare with.</param>
/// <param name="Benchmarks">In the order of their names.</param>
internal sealed record Report(string Date, string Machine, bool IsQuick, IReadOnlyList<Benchmark> Benchmarks)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public Benchmark? Find(string name) => Benchmarks.FirstOrDefault(benchmark => benchmark.Name == name);

    public static Report Read(string file) => JsonSerializer.Deserialize<Report>(File.ReadAllText(file), Json) ?? throw new InvalidDataException($"{file} is no report.");

    public void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this with { Benchmarks = [.. Benchmarks.Select(Rounded)] }, Json) + "\n");

    /// <summary>Throws when a benchmark failed.</summary>
    public static Report Of(IEnumerable<Summary> summaries, string date, string machine, bool isQuick) => new(
        date, machine, isQuick, [.. summaries.SelectMany(summary => summary.Reports).Select(Of).OrderBy(benchmark => benchmark.Name, StringComparer.Ordinal)]);

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

    private static Benchmark Rounded(Benchmark benchmark) => benchmark with
    {
        Median = Math.Round(benchmark.Median, 1),
        Lower = Math.Round(benchmark.Lower, 1),
        Upper = Math.Round(benchmark.Upper, 1),
        Processor = Math.Round(benchmark.Processor, 1),
    };
}
