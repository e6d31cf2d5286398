using Concert.Booking.Ports;

namespace Concert.Testing.Fakes;

/// <summary>
/// The same bytes in every run. Jitter (8 bytes) draws from a stream of its own, so that a retry does not change the ids that come after it.
/// </summary>
public sealed class SeededRandom(int seed) : IRandomSource
{
    private const int JitterLength = 8;

    private readonly Lock _lock = new();
    private readonly Random _ids = new(seed);
    private readonly Random _jitter = new(seed);

    public void Fill(Span<byte> bytes)
    {
        lock (_lock)
        {
            (bytes.Length == JitterLength ? _jitter : _ids).NextBytes(bytes);
        }
    }
}
