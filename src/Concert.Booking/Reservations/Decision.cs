using Concert.Booking.Calls;

namespace Concert.Booking.Reservations;

/// <summary>What was decided about a reservation: the changes to write, and how it stands once they are written.</summary>
/// <param name="Changes">Null when there is nothing to write.</param>
/// <param name="Reservation">As it stands after the changes; null when there is none.</param>
/// <param name="Refused">Why the command was refused; null when it was not.</param>
/// <param name="Expired">Reservations whose hold this decision ended.</param>
public sealed record Decision(
    SectionChanges? Changes,
    ReservationDocument? Reservation,
    RefusalCode? Refused = null,
    IReadOnlyList<ReservationDocument>? Expired = null)
{
    /// <summary>The section as it stands after the changes, as far as it is known: what a next step may decide on without reading it again.</summary>
    public SectionState? State { get; init; }

    /// <summary>Nothing to write.</summary>
    public static Decision Unchanged(ReservationDocument? reservation, RefusalCode? refused = null) => new(null, reservation, refused);
}
