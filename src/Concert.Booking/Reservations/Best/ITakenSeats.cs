using Concert.Booking.Ids;

namespace Concert.Booking.Reservations.Best;

/// <summary>Which places of a numbered section are not available, by their keys.</summary>
public interface ITakenSeats
{
    /// <summary>As the seat map has it: every change that it was told of.</summary>
    Task<IReadOnlySet<int>> KnownAsync(SectionRef section, CancellationToken cancellationToken);

    /// <summary>As it is stored.</summary>
    Task<IReadOnlySet<int>> ReadAsync(SectionRef section, CancellationToken cancellationToken);
}
