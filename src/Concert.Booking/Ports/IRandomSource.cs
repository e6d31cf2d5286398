using System.Security.Cryptography;

namespace Concert.Booking.Ports;

/// <summary>The source of randomness for ids and jitter, injected so that a simulation can replay them.</summary>
public interface IRandomSource
{
    void Fill(Span<byte> bytes);
}

/// <summary>The operating system's cryptographic randomness: ids that cannot be guessed.</summary>
public sealed class SystemRandomSource : IRandomSource
{
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}

public static class RandomSourceExtensions
{
    /// <summary>A number from 0 (inclusive) to 1 (exclusive).</summary>
    public static double NextDouble(this IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[8];
        random.Fill(bytes);
        return (BitConverter.ToUInt64(bytes) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A version 4 UUID (RFC 9562).</summary>
    public static Guid NextGuid(this IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
