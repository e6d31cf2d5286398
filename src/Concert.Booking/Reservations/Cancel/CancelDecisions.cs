using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Settings;
using Concert.Booking.States;

namespace Concert.Booking.Reservations.Cancel;

/// <summary>
/// Cancelling: a hold at once; a paid reservation in three idempotent steps: the record (who, when, why, how much), the wallet's credit in the
/// user's partition, then CANCELLED with the seats back on sale. Until the last step it is still CONFIRMED, so who reads CANCELLED has the money.
/// </summary>
public static class CancelDecisions
{
    /// <summary>Cancels a hold, or begins the cancellation of a paid reservation.</summary>
    /// <param name="state">From <see cref="SectionLoader.ForReservationAsync"/>.</param>
    /// <param name="code">The reservation.</param>
    /// <param name="command">Who, why, and when it was accepted: the deadline and the refund are measured at that time.</param>
    /// <param name="openAt">Doors open.</param>
    /// <param name="now">When this is decided.</param>
    /// <param name="booking">The rules in force.</param>
    /// <param name="cancellation">Deadline and refund table.</param>
    public static Decision Begin(
        SectionState state,
        string code,
        CancelCommand command,
        DateTimeOffset openAt,
        DateTimeOffset now,
        BookingOptions booking,
        CancellationOptions cancellation)
    {
        switch (state.Reservation(code))
        {
            case { Status: ReservationStatus.Held } held:
                var release = new SectionChanges(state);
                var cancelled = held.Move(ReservationStatus.Cancelled, now) with { Cancellation = Record(command, 0, now, done: true) };
                release.Release(cancelled, sold: false);
                return new Decision(release, cancelled);
            case { Status: ReservationStatus.Confirmed, Used: not null } used:
                return Decision.Unchanged(used, RefusalCode.NotCancellable);
            case { Status: ReservationStatus.Confirmed, IsCancelling: false } paid:
                if (RefundOf(paid.Total, openAt - command.AcceptedAt, cancellation) is not { } refund)
                {
                    return Decision.Unchanged(paid, RefusalCode.CancelWindowClosed);
                }

                var begin = new SectionChanges(state);
                var cancelling = paid with
                {
                    Cancellation = Record(command, refund, now, done: false),
                    Due = (now + booking.RepairAfter).ToUnixTimeMilliseconds(),
                };
                begin.Put(cancelling);
                return new Decision(begin, cancelling);
            case { Status: ReservationStatus.Confirmed or ReservationStatus.Cancelled } begun:
                return Decision.Unchanged(begun);
            case var other:
                return Decision.Unchanged(other, RefusalCode.NotCancellable);
        }
    }

    /// <summary>The money is back: the places too.</summary>
    public static Decision Finish(SectionState state, string code, DateTimeOffset now)
    {
        if (state.Reservation(code) is not { Status: ReservationStatus.Confirmed, Cancellation: { Done: false } record } cancelling)
        {
            return Decision.Unchanged(state.Reservation(code));
        }

        var changes = new SectionChanges(state);
        var cancelled = cancelling.Move(ReservationStatus.Cancelled, now) with { Cancellation = record with { Done = true } };
        changes.Release(cancelled, sold: true);
        return new Decision(changes, cancelled);
    }

    /// <summary>A refusal that came after the command was accepted: the reservation stays as it is and says why.</summary>
    public static Decision Note(SectionState state, string code, RefusalCode refusal, DateTimeOffset now)
    {
        if (state.Reservation(code) is not { Status: ReservationStatus.Confirmed } paid || paid.History[^1].Reason == refusal.Name())
        {
            return Decision.Unchanged(state.Reservation(code), refusal);
        }

        var changes = new SectionChanges(state);
        var noted = paid with
        {
            Reason = refusal.Name(),
            History = [.. paid.History, new HistoryLine(now.ToUnixTimeMilliseconds(), paid.Status, refusal.Name())],
        };
        changes.Put(noted);
        return new Decision(changes, noted, refusal);
    }

    /// <summary>Won to give back, rounded down; null when it is too late.</summary>
    public static long? RefundOf(long paid, TimeSpan untilOpen, CancellationOptions rules)
    {
        if (untilOpen < rules.Deadline)
        {
            return null;
        }

        var table = rules.Refunds.Count > 0 ? rules.Refunds : (IEnumerable<RefundRule>)CancellationOptions.DefaultRefunds;
        var percent = table.Where(r => untilOpen >= r.AtLeast).OrderByDescending(r => r.AtLeast).FirstOrDefault()?.Percent ?? 0;
        return paid * percent / 100;
    }

    private static CancellationRecord Record(CancelCommand command, long refund, DateTimeOffset now, bool done) =>
        new(now.ToUnixTimeMilliseconds(), command.UserId, command.Why, refund, done);
}
