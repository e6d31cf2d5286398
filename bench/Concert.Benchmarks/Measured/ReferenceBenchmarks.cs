using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace Concert.Benchmarks.Measured;

/// <summary>
/// What this machine takes for work that no change of the service can make faster or slower. Two reports are compared by their ratios to these.
/// </summary>
public class ReferenceBenchmarks
{
    private const int Numbers = 4096;

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly uint[] _numbers = new uint[Numbers];
    private readonly Order _order = new("c1-s1-1-12", [12, 13, 14, 15], 200_000, "user-1");

    /// <summary>FNV-1a over 16 KB.</summary>
    [Benchmark]
    public uint FixedLoop()
    {
        var hash = 2166136261u;
        foreach (var number in _numbers)
        {
            hash = (hash ^ number) * 16777619u;
        }

        return hash;
    }

    /// <summary>A small object to JSON and back.</summary>
    [Benchmark]
    public object JsonEcho() => JsonSerializer.Deserialize<Order>(JsonSerializer.SerializeToUtf8Bytes(_order, Web), Web)!;

    private sealed record Order(string Id, int[] Seats, long Total, string User);
}
