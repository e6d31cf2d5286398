using Concert.Booking.Settings;
using Concert.Booking.States;

namespace Concert.Booking.Reservations.Expire;

/// <summary>Puts the places of a hold back on sale when its end and the grace have passed. A payment that has begun keeps it away.</summary>
public static class ExpireDecision
{
    public static Decision Decide(SectionState state, string code, DateTimeOffset now, BookingOptions rules)
    {
        if (state.Reservation(code) is not { Status: ReservationStatus.Held, HoldEndsAt: { } ends } held
            || now < DateTimeOffset.FromUnixTimeMilliseconds(ends) + rules.ReleaseGrace)
        {
            return Decision.Unchanged(state.Reservation(code));
        }

        var changes = new SectionChanges(state);
        var expired = held.Move(ReservationStatus.Expired, now);
        changes.Release(expired, sold: false);
        return new Decision(changes, expired, null, [expired]);
    }
}
