using System.Buffers.Binary;
using Concert.Booking.Catalog;
using Concert.Booking.Reservations;
using Concert.Booking.States;

namespace Concert.Booking.Availability;

/// <summary>
/// The places taken in a section. A numbered one is its taken seats: four bytes each, twice the key, plus one when it is sold; below zero when it is
/// blocked. An inventory is its counts: left, held and sold, eight bytes each.
/// </summary>
internal readonly record struct SectionSnapshot(bool IsInventory, ReadOnlyMemory<byte> Content)
{
    private const int SeatLength = sizeof(int);

    /// <summary>Places that are held or sold.</summary>
    public long Taken => IsInventory ? Number(1) + Number(2) : Values().Count(value => value > 0);

    /// <summary>Seats of a numbered section that cannot be had: held, sold or blocked.</summary>
    public int Gone => Content.Length / SeatLength;

    /// <summary>Places of an inventory that can still be had.</summary>
    public long Left => Number(0);

    /// <summary>Places by what has become of them, of as many as the plan has.</summary>
    public PlaceCounts Count(long total)
    {
        if (IsInventory)
        {
            // What is none of these is blocked. A plan that has just grown may be ahead of its counters.
            var (left, held, sold) = (Number(0), Number(1), Number(2));
            return new PlaceCounts(total, left, held, sold, Math.Max(0, total - left - held - sold));
        }

        var (blockedSeats, soldSeats) = (0L, 0L);
        foreach (var value in Values())
        {
            blockedSeats += value < 0 ? 1 : 0;
            soldSeats += value > 0 && (value & 1) == 1 ? 1 : 0;
        }

        return new PlaceCounts(total, total - Gone, Gone - soldSeats - blockedSeats, soldSeats, blockedSeats);
    }

    public static ReadOnlyMemory<byte> Of(CountersDocument counters)
    {
        var content = new byte[3 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(content, counters.Left);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(sizeof(long)), counters.Held);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(2 * sizeof(long)), counters.Sold);
        return content;
    }

    public static ReadOnlyMemory<byte> Of(IReadOnlyCollection<SeatDocument> taken)
    {
        var content = new byte[taken.Count * SeatLength];
        var at = 0;
        foreach (var seat in taken)
        {
            var value = (seat.Number << 1) | (seat.Status == SeatStatus.Sold ? 1 : 0);
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(at), seat.Status == SeatStatus.Blocked ? -value : value);
            at += SeatLength;
        }

        return content;
    }

    /// <summary>The taken seats of a numbered section and their status.</summary>
    public Dictionary<int, SeatStatus> Seats()
    {
        var seats = new Dictionary<int, SeatStatus>(Content.Length / SeatLength);
        foreach (var value in Values())
        {
            seats[Math.Abs(value) >> 1] = value < 0 ? SeatStatus.Blocked : (value & 1) == 1 ? SeatStatus.Sold : SeatStatus.Held;
        }

        return seats;
    }

    private IEnumerable<int> Values()
    {
        for (var at = 0; at < Content.Length; at += SeatLength)
        {
            yield return BinaryPrimitives.ReadInt32LittleEndian(Content.Span[at..]);
        }
    }

    private long Number(int index) => BinaryPrimitives.ReadInt64LittleEndian(Content.Span[(index * sizeof(long))..]);
}

/// <summary>Places by what has become of them.</summary>
internal readonly record struct PlaceCounts(long Total, long Available, long Held, long Sold, long Blocked)
{
    public static PlaceCounts operator +(PlaceCounts a, PlaceCounts b) =>
        new(a.Total + b.Total, a.Available + b.Available, a.Held + b.Held, a.Sold + b.Sold, a.Blocked + b.Blocked);
}
