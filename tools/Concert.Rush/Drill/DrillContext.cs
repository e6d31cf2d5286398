using Concert.Rush.Observation;
using Concert.Rush.Options;
using Concert.Testing.Http;

namespace Concert.Rush.Drill;

/// <summary>What everybody in a drill shares.</summary>
/// <param name="RunId">Makes this run's users, concerts and keys different from every other run's.</param>
public sealed record DrillContext(
    RushOptions Options, BookingApi Api, Observations Seen, ProgressBoard Board, TimeProvider Time, string RunId)
{
    /// <summary>The choices of one buyer: the same for the same seed and index.</summary>
    public Random ChoicesOf(int index) => new(HashCode(Options.Seed, index));

    public string User(int index) => $"rush-{RunId}-{index}";

    private static int HashCode(int seed, int index) => unchecked((seed * (int)2654435761u) ^ (index * 40503) ^ (index << 16));
}
