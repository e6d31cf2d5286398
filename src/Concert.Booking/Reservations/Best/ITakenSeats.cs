using Concert.Booking.Ids;

namespace Concert.Booking.Reservations.Best;

/// <summary>Which places of numbered sections of a schedule are not available.</summary>
public interface ITakenSeats
{
    /// <summary>As the seat map has it: every change that it was told of. In the order asked.</summary>
    Task<IReadOnlyList<TakenSeats>> KnownAsync(string scheduleId, IReadOnlyList<SectionRef> sections, CancellationToken cancellationToken);

    /// <summary>As it is stored.</summary>
    Task<TakenSeats> ReadAsync(SectionRef section, CancellationToken cancellationToken);

    /// <summary>
    /// As it was stored at some moment after <paramref name="since"/>, by this process's clock. Callers share what was read: when all is sold, whoever has asked
    /// before is refused by one reading of the house.
    /// </summary>
    Task<TakenSeats> ReadSinceAsync(SectionRef section, DateTimeOffset since, CancellationToken cancellationToken);
}

/// <summary>The places of a section that are not available: how many, and their keys, which are put in order only for who wants them.</summary>
public sealed class TakenSeats(int count, Func<IReadOnlySet<int>> keys)
{
    private readonly Lazy<IReadOnlySet<int>> _keys = new(keys);

    public int Count => count;

    public IReadOnlySet<int> Keys => _keys.Value;
}
