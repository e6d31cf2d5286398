using System.Text.Json;

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

    private static Benchmark Rounded(Benchmark benchmark) => benchmark with
    {
        Median = Math.Round(benchmark.Median, 1),
        Lower = Math.Round(benchmark.Lower, 1),
        Upper = Math.Round(benchmark.Upper, 1),
        Processor = Math.Round(benchmark.Processor, 1),
    };
}
