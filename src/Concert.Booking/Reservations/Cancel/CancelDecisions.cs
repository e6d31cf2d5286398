using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Settings;
using Concert.Booking.States;

namespace Concert.Booking.Reservations.Cancel;

/// <summary>
/// Cancelling a reservation or a part of it: of a hold at once; of a paid reservation in three idempotent steps: the record (who, when, why, what, how much),
/// the wallet's credit in the user's partition, then the places back on sale: CANCELLED, or CONFIRMED with what is left. Until the last step the places are
/// the reservation's, so who reads that they are gone has the money.
/// </summary>
public static class CancelDecisions
{
    private const string Staff = "staff";

    /// <summary>
    /// Cancels a hold, or begins the cancellation of a paid reservation. What is unfinished comes first: a payment, or a cancellation before this one, is
    /// returned as it is.
    /// </summary>
    /// <param name="state">From <see cref="SectionLoader.ForReservationAsync"/>.</param>
    /// <param name="code">The reservation.</param>
    /// <param name="command">Who, why, what, and when it was accepted: the deadline and the refund are measured at that time.</param>
    /// <param name="openAt">Doors open.</param>
    /// <param name="now">When this is decided.</param>
    /// <param name="booking">The rules in force.</param>
    /// <param name="cancellation">Deadline and refund table.</param>
    /// <param name="isCalledOff">The schedule is called off: all of it goes back, whatever the deadline and the table say.</param>
    public static Decision Begin(
        SectionState state,
        string code,
        CancelCommand command,
        DateTimeOffset openAt,
        DateTimeOffset now,
        BookingOptions booking,
        CancellationOptions cancellation,
        bool isCalledOff = false)
    {
        var reservation = state.Reservation(code);
        if (reservation is null or { Status: not (ReservationStatus.Held or ReservationStatus.Confirmed) })
        {
            return Decision.Unchanged(reservation, reservation is { Status: ReservationStatus.Cancelled } ? null : RefusalCode.NotCancellable);
        }

        if (reservation.IsCancelling || RecordOf(reservation, command.Request) is not null || IsGivenBack(reservation, command.Seats))
        {
            return Decision.Unchanged(reservation);
        }

        if (reservation.Used is not null)
        {
            return Decision.Unchanged(reservation, RefusalCode.NotCancellable);
        }

        if (PartOf(reservation, command.Seats, command.Quantity) is not { } part)
        {
            return Decision.Unchanged(reservation, RefusalCode.NotCancellable);
        }

        var record = new CancellationRecord(
            now.ToUnixTimeMilliseconds(), command.UserId, command.Why, command.Request, part.Seats, part.Quantity, part.Amount, Refund: null, Done: true);
        if (reservation.Status == ReservationStatus.Held)
        {
            return GiveBack(state, reservation with { Cancellations = [.. reservation.Cancellations ?? [], record] }, record, now);
        }

        if ((isCalledOff ? part.Amount : RefundOf(part.Amount, openAt - command.AcceptedAt, cancellation)) is not { } refund)
        {
            return Decision.Unchanged(reservation, RefusalCode.CancelWindowClosed);
        }

        return BeginRefund(state, reservation, record with { Refund = refund, Done = false }, now, booking);
    }

    /// <summary>
    /// Ends what has places because its schedule is called off: all that is left, with all its money, whatever the deadline and whether or not the ticket was
    /// used. What is unfinished comes first, as in <see cref="Begin"/>.
    /// </summary>
    /// <param name="state">From <see cref="SectionLoader.ForReservationAsync"/>.</param>
    /// <param name="code">The reservation.</param>
    /// <param name="why">The reason that staff gave.</param>
    /// <param name="now">When this is decided.</param>
    /// <param name="booking">The rules in force.</param>
    public static Decision CallOff(SectionState state, string code, string why, DateTimeOffset now, BookingOptions booking)
    {
        if (state.Reservation(code) is not { Status: ReservationStatus.Held or ReservationStatus.Confirmed, IsCancelling: false } live)
        {
            return Decision.Unchanged(state.Reservation(code));
        }

        var record = new CancellationRecord(
            now.ToUnixTimeMilliseconds(), Staff, why, ReservationDocument.CalledOff, live.Seats, live.Quantity, live.Total, Refund: null, Done: true);
        return live.Status == ReservationStatus.Held
            ? GiveBack(state, live with { Cancellations = [.. live.Cancellations ?? [], record] }, record, now)
            : BeginRefund(state, live, record with { Refund = live.Total, Done = false }, now, booking);
    }

    /// <summary>The money is back: the places too.</summary>
    /// <param name="state">From <see cref="SectionLoader.ForReservationAsync"/>.</param>
    /// <param name="code">The reservation.</param>
    /// <param name="number">The cancellation whose money it is, from 1: a late run of an earlier one does not finish a later one.</param>
    /// <param name="now">When this is decided.</param>
    public static Decision Finish(SectionState state, string code, int number, DateTimeOffset now)
    {
        if (state.Reservation(code) is not { Status: ReservationStatus.Confirmed, IsCancelling: true, Cancellations: [.., var record] records } cancelling
            || records.Count != number)
        {
            return Decision.Unchanged(state.Reservation(code));
        }

        var done = record with { Done = true };
        return GiveBack(state, cancelling with { Cancellations = [.. records.SkipLast(1), done], Due = null }, done, now);
    }

    /// <summary>A refusal that came after the command was accepted: the reservation stays as it is and says why.</summary>
    public static Decision Note(SectionState state, string code, RefusalCode refusal, DateTimeOffset now)
    {
        if (state.Reservation(code) is not { Status: ReservationStatus.Held or ReservationStatus.Confirmed } live || live.History[^1].Reason == refusal.Name())
        {
            return Decision.Unchanged(state.Reservation(code), refusal);
        }

        var changes = new SectionChanges(state);
        var noted = live with
        {
            Reason = refusal.Name(),
            History = [.. live.History, new HistoryLine(now.ToUnixTimeMilliseconds(), live.Status, refusal.Name())],
        };
        changes.Put(noted);
        return new Decision(changes, noted, refusal);
    }

    /// <summary>The part that a request for these seats, or this many places, or for all, would give back; null when the reservation has not got them.</summary>
    /// <param name="reservation">As it stands.</param>
    /// <param name="seats">Keys; null for all, or for places.</param>
    /// <param name="quantity">Places; null for all, or for seats.</param>
    public static CancelledPart? PartOf(ReservationDocument reservation, IReadOnlyList<int>? seats, int? quantity)
    {
        if (seats is null && quantity is null)
        {
            return new CancelledPart(reservation.Seats, reservation.Quantity, reservation.Total);
        }

        if (quantity is { } places)
        {
            // Places of an inventory are held at one price.
            return reservation.Quantity is { } had && places >= 1 && places <= had
                ? new CancelledPart(null, places, reservation.Total / had * places)
                : null;
        }

        List<SeatLine> lines = [.. (reservation.Seats ?? []).Where(line => seats!.Contains(line.Number))];
        return lines.Count > 0 && lines.Count == seats!.Count ? new CancelledPart(lines, null, lines.Sum(line => line.Price)) : null;
    }

    /// <summary>The record of a request; null while it has none.</summary>
    public static CancellationRecord? RecordOf(ReservationDocument reservation, string request) =>
        reservation.Cancellations?.FirstOrDefault(c => c.Request == request);

    /// <summary>
    /// Won to give back for a part, rounded down; null when it is too late. As each part is rounded down by itself, parts never add up to more than the whole.
    /// </summary>
    public static long? RefundOf(long paid, TimeSpan untilOpen, CancellationOptions rules) =>
        RefundTable.RowFor(untilOpen, rules) is { } row ? paid * row.Percent / 100 : null;

    /// <summary>The record of a refund that is on its way.</summary>
    private static Decision BeginRefund(
        SectionState state, ReservationDocument reservation, CancellationRecord record, DateTimeOffset now, BookingOptions booking)
    {
        var begin = new SectionChanges(state);
        var cancelling = reservation with
        {
            Cancellations = [.. reservation.Cancellations ?? [], record],
            Due = (now + booking.RepairAfter).ToUnixTimeMilliseconds(),
        };
        begin.Put(cancelling);
        return new Decision(begin, cancelling);
    }

    /// <summary>The places of a record go back on sale; without any left the reservation ends.</summary>
    private static Decision GiveBack(SectionState state, ReservationDocument reservation, CancellationRecord record, DateTimeOffset now)
    {
        var changes = new SectionChanges(state);
        var sold = reservation.Status == ReservationStatus.Confirmed;
        if (record.Places == reservation.Places)
        {
            // It keeps what it ended with.
            var cancelled = reservation.Move(ReservationStatus.Cancelled, now, record.IsCallOff ? record.Request : null);
            changes.Release(cancelled, sold);
            return new Decision(changes, cancelled);
        }

        var kept = reservation.Without(record, now);
        changes.Release(kept, record, sold);
        return new Decision(changes, kept);
    }

    /// <summary>Another request was about the very same seats, and came first.</summary>
    private static bool IsGivenBack(ReservationDocument reservation, IReadOnlyList<int>? seats) =>
        seats is { Count: > 0 } && reservation.Cancellations is { } earlier
        && seats.All(seat => earlier.Any(c => c.Seats?.Any(line => line.Number == seat) == true));
}

/// <summary>Seats or places of a reservation, and their price in won.</summary>
public sealed record CancelledPart(IReadOnlyList<SeatLine>? Seats, int? Quantity, long Amount);
