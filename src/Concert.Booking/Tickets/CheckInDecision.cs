using Concert.Booking.Calls;
using Concert.Booking.Reservations;
using Concert.Booking.States;

namespace Concert.Booking.Tickets;

/// <summary>
/// Whether a ticket lets in. It is written on the reservation, whose ETag makes one winner of two doors, and of a door and a cancellation.
/// </summary>
public static class CheckInDecision
{
    /// <summary>Uses the ticket, or says why not: <c>not-yours</c> for no reservation, <c>not-valid</c>, <c>already-used</c>.</summary>
    /// <param name="state">From <see cref="SectionLoader.ForReservationAsync"/>.</param>
    /// <param name="code">The reservation.</param>
    /// <param name="by">The check-in, so that it knows its own work when it runs again.</param>
    /// <param name="now">When this is decided.</param>
    /// <param name="isCalledOff">The schedule is called off: nobody is let in, and everybody gets their money back.</param>
    public static Decision Decide(SectionState state, string code, string by, DateTimeOffset now, bool isCalledOff = false)
    {
        switch (state.Reservation(code))
        {
            case null:
                return Decision.Unchanged(null, RefusalCode.NotYours);
            case { Used: { } use } mine when use.By == by:
                return Decision.Unchanged(mine);
            case { Status: ReservationStatus.Confirmed, IsCancelling: false } valid when !isCalledOff:
                if (valid.Used is not null)
                {
                    return Decision.Unchanged(valid, RefusalCode.AlreadyUsed);
                }

                var changes = new SectionChanges(state);
                var used = valid with { Used = new TicketUse(now.ToUnixTimeMilliseconds(), by) };
                changes.Put(used);
                return new Decision(changes, used);
            case var other:
                return Decision.Unchanged(other, RefusalCode.NotValid);
        }
    }
}
