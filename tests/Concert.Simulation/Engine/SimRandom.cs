using System.Buffers.Binary;
using Concert.Booking.Ports;

namespace Concert.Simulation.Engine;

/// <summary>SplitMix64: small, fast, and the same numbers for the same seed on every machine and runtime.</summary>
public sealed class SimRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The seed of an independent stream, so that one part of a run can change without changing what the others draw.</summary>
    public static ulong Derive(ulong seed, string stream, int number = 0)
    {
        var hash = 14695981039346656037UL ^ seed;
        foreach (var c in stream)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return new SimRandom(hash + ((ulong)number * 0x9E3779B97F4A7C15UL)).Next();
    }

    public static SimRandom Stream(ulong seed, string stream, int number = 0) => new(Derive(seed, stream, number));

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 (inclusive) to <paramref name="max"/> (exclusive).</summary>
    public int Next(int max) => (int)(Next() % (ulong)max);

    /// <summary>Both ends included.</summary>
    public int Between(int min, int max) => min + Next(max - min + 1);

    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => NextDouble() < probability;

    public T Pick<T>(params ReadOnlySpan<T> items) => items[Next(items.Length)];

    public TimeSpan Between(TimeSpan min, TimeSpan max) => min + ((max - min) * NextDouble());

    public void Shuffle<T>(T[] items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}

/// <summary>The randomness an instance draws ids and jitter from.</summary>
public sealed class SimRandomSource(SimRandom random) : IRandomSource
{
    public void Fill(Span<byte> bytes)
    {
        Span<byte> word = stackalloc byte[8];
        for (var at = 0; at < bytes.Length; at += 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, random.Next());
            word[..Math.Min(8, bytes.Length - at)].CopyTo(bytes[at..]);
        }
    }
}
