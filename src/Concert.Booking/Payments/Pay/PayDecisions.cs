using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Settings;
using Concert.Booking.States;

namespace Concert.Booking.Payments.Pay;

/// <summary>
/// The reservation's side of paying, in three idempotent steps: begin (HELD → PAYING), the wallet's debit in the user's partition, then
/// confirm (PAYING → CONFIRMED, seats sold) or give back (PAYING → HELD with its old end).
/// </summary>
public static class PayDecisions
{
    /// <summary>Begins, or finds that this very payment has begun or is done.</summary>
    /// <param name="state">From <see cref="SectionLoader.ForReservationAsync"/>.</param>
    /// <param name="code">The reservation.</param>
    /// <param name="payment">The payment's code.</param>
    /// <param name="acceptedAt">The promise: compared with the hold's end.</param>
    /// <param name="now">When this is decided.</param>
    /// <param name="rules">The rules in force.</param>
    /// <param name="token">The queue token that ends with the payment.</param>
    /// <param name="isCalledOff">The schedule is called off: nothing is sold any more. A payment that has begun goes on, and is given back.</param>
    public static Decision Begin(
        SectionState state, string code, string payment, DateTimeOffset acceptedAt, DateTimeOffset now, BookingOptions rules, TokenClaims? token = null, bool isCalledOff = false)
    {
        switch (state.Reservation(code))
        {
            case { Reason: ReservationDocument.CalledOff } ended:
                // Whatever is known of the schedule here: it did not end by its own time.
                return Decision.Unchanged(ended, RefusalCode.BookingClosed);
            case not { Status: ReservationStatus.Paying or ReservationStatus.Confirmed } and var open when isCalledOff:
                return Decision.Unchanged(open, RefusalCode.BookingClosed);
            case { Status: ReservationStatus.Held, HoldEndsAt: { } ends } held:
                if (acceptedAt.ToUnixTimeMilliseconds() >= ends)
                {
                    return Decision.Unchanged(held, RefusalCode.HoldExpired);
                }

                var changes = new SectionChanges(state);
                var paying = held.Move(ReservationStatus.Paying, now) with
                {
                    Payment = payment,
                    Token = token,
                    Due = (now + rules.RepairAfter).ToUnixTimeMilliseconds(),
                };
                changes.Put(paying);
                return new Decision(changes, paying);
            case { Status: ReservationStatus.Paying or ReservationStatus.Confirmed } other:
                return Decision.Unchanged(other, other.Payment == payment ? null : RefusalCode.AlreadyPaid);
            case var ended:
                return Decision.Unchanged(ended, RefusalCode.HoldExpired);
        }
    }

    /// <summary>The money is here: the places are sold.</summary>
    public static Decision Confirm(SectionState state, string code, string payment, DateTimeOffset now)
    {
        if (state.Reservation(code) is not { Status: ReservationStatus.Paying } paying || paying.Payment != payment)
        {
            return Decision.Unchanged(state.Reservation(code));
        }

        var changes = new SectionChanges(state);
        var confirmed = paying.Move(ReservationStatus.Confirmed, now) with { HoldEndsAt = null, Token = null };
        changes.Sell(confirmed);
        return new Decision(changes, confirmed);
    }

    /// <summary>The payment was refused: the hold goes on to its old end.</summary>
    public static Decision GiveBack(
        SectionState state, string code, string payment, string reason, DateTimeOffset now, BookingOptions rules)
    {
        if (state.Reservation(code) is not { Status: ReservationStatus.Paying, HoldEndsAt: { } ends } paying || paying.Payment != payment)
        {
            return Decision.Unchanged(state.Reservation(code));
        }

        var changes = new SectionChanges(state);
        var held = paying.Move(ReservationStatus.Held, now, reason) with
        {
            Payment = null,
            Token = null,
            Due = ends + (long)rules.ReleaseGrace.TotalMilliseconds,
        };
        changes.Put(held);
        return new Decision(changes, held);
    }
}
