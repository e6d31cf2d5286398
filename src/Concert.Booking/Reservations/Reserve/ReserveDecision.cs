using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Settings;
using Concert.Booking.States;

namespace Concert.Booking.Reservations.Reserve;

/// <summary>
/// All places or none: a hold, or a refusal that says why. A pure function of the section as it was read, the command, the time and the rules.
/// </summary>
public static class ReserveDecision
{
    /// <param name="state">From <see cref="SectionLoader.ForReserveAsync"/>.</param>
    /// <param name="id">The reservation to be.</param>
    /// <param name="command">What was asked, and when.</param>
    /// <param name="schedule">Prices and the booking window.</param>
    /// <param name="now">When this is decided.</param>
    /// <param name="rules">The rules in force.</param>
    /// <param name="refusalLifetime">How long a refusal is kept.</param>
    public static Decision Decide(
        SectionState state,
        ReservationId id,
        ReserveCommand command,
        ScheduleDocument schedule,
        DateTimeOffset now,
        BookingOptions rules,
        TimeSpan refusalLifetime)
    {
        if (state.Reservation(id.Code) is { } done)
        {
            // A redelivery, or a second run at the same time: its work is done.
            return Decision.Unchanged(done);
        }

        if (schedule.CalledOff is not null || schedule.SalesPaused || command.AcceptedAt < schedule.BookingStartAt || command.AcceptedAt > schedule.BookingEndAt)
        {
            return Refuse(RefusalCode.BookingClosed);
        }

        if (command is { Best: not null, Seats: null })
        {
            // None of what is left is what was asked for.
            return Refuse(RefusalCode.SoldOut);
        }

        if (Price(schedule, state.Section, id, command) is not { } priced)
        {
            return Refuse(RefusalCode.InvalidRequest);
        }

        var changes = new SectionChanges(state);
        var expired = new List<ReservationDocument>();
        foreach (var number in command.Seats ?? [])
        {
            if (!TakeOver(state.Section, changes, expired, number, id, command, now))
            {
                return Refuse(RefusalCode.SeatTaken);
            }
        }

        if (state.Section.IsInventory && (state.Counters?.Left ?? 0) < priced.Places)
        {
            return Refuse(RefusalCode.SoldOut);
        }

        var holdEnds = now + rules.HoldFor;
        var held = priced.Move(ReservationStatus.Held, now) with
        {
            HoldEndsAt = holdEnds.ToUnixTimeMilliseconds(),
            Due = (holdEnds + rules.ReleaseGrace).ToUnixTimeMilliseconds(),
        };
        changes.Hold(held);
        return new Decision(changes, held, null, expired);

        Decision Refuse(RefusalCode code) => ReserveDecision.Refuse(state, id, command, schedule, now, code, refusalLifetime);
    }

    /// <summary>Writes the refusal, unless the command was decided before.</summary>
    public static Decision Refuse(
        SectionState state,
        ReservationId id,
        ReserveCommand command,
        ScheduleDocument schedule,
        DateTimeOffset now,
        RefusalCode code,
        TimeSpan refusalLifetime)
    {
        if (state.Reservation(id.Code) is { } done)
        {
            return Decision.Unchanged(done);
        }

        var asked = Price(schedule, state.Section, id, command) ?? Pending(state.Section, command, id, null, 0);
        var rejected = asked.Move(ReservationStatus.Rejected, now, code.Name()) with { Ttl = (int)refusalLifetime.TotalSeconds };
        var changes = new SectionChanges(state);
        changes.Put(rejected);
        return new Decision(changes, rejected, code);
    }

    /// <summary>The best places are in another section: the request goes there, unless it was decided before.</summary>
    /// <param name="state">Of the section in which it would have been decided.</param>
    /// <param name="id">The reservation to be.</param>
    /// <param name="command">What was asked.</param>
    /// <param name="to">The section to decide it in.</param>
    /// <param name="number">Of the move, from 1.</param>
    public static Decision MoveOn(SectionState state, ReservationId id, ReserveCommand command, SectionRef to, int number)
    {
        if (state.Reservation(id.Code) is { } done)
        {
            return Decision.Unchanged(done);
        }

        var changes = new SectionChanges(state);
        var moved = Pending(state.Section, command, id, null, 0) with { Moved = new MovedOn(to.Section, number) };
        changes.Put(moved);
        return new Decision(changes, moved);
    }

    /// <summary>The refusal of a command that could not be handled at all.</summary>
    public static ReservationDocument Unprocessable(SectionState state, ReservationId id, ReserveCommand command, DateTimeOffset now, TimeSpan refusalLifetime) =>
        Pending(state.Section, command, id, null, 0).Move(ReservationStatus.Rejected, now, RefusalCode.Unavailable.Name()) with { Ttl = (int)refusalLifetime.TotalSeconds };

    /// <summary>
    /// True when the seat can be held. A hold that is over gives way at once to a command of its own session, for any payment accepted in time stands
    /// before it there. A command of another session knows nothing of what waits in that one, however late it is: for it the seat stays taken until the
    /// release, which comes in the hold's own session.
    /// </summary>
    private static bool TakeOver(
        SectionRef section,
        SectionChanges changes,
        List<ReservationDocument> expired,
        int number,
        ReservationId id,
        ReserveCommand command,
        DateTimeOffset now)
    {
        var seat = changes.Seat(number);
        if (seat.Status == SeatStatus.Available)
        {
            return true;
        }

        if (seat.Status != SeatStatus.Held || seat.Holder is null || changes.Reservation(seat.Holder) is not { } holder
            || !CanBeTakenOver(holder, holder.IdIn(section), id, command, now))
        {
            return false;
        }

        var ended = holder.Move(ReservationStatus.Expired, now);
        changes.Release(ended, sold: false);
        expired.Add(ended);
        return true;
    }

    /// <summary>Whether a hold is over and ends at once for this command: see <see cref="TakeOver"/>.</summary>
    public static bool CanBeTakenOver(ReservationDocument holder, ReservationId holderId, ReservationId id, ReserveCommand command, DateTimeOffset now)
    {
        if (holder is not { Status: ReservationStatus.Held, HoldEndsAt: { } ends })
        {
            return false;
        }

        var end = DateTimeOffset.FromUnixTimeMilliseconds(ends);
        return holderId.SessionId == id.SessionId && now >= end && command.AcceptedAt >= end;
    }

    /// <summary>Ends the hold if it gives way to this command.</summary>
    public static Decision EndOverdue(SectionState state, ReservationId holderId, ReservationId id, ReserveCommand command, DateTimeOffset now)
    {
        if (state.Reservation(holderId.Code) is not { } holder || !CanBeTakenOver(holder, holderId, id, command, now))
        {
            return Decision.Unchanged(state.Reservation(holderId.Code));
        }

        var changes = new SectionChanges(state);
        var ended = holder.Move(ReservationStatus.Expired, now);
        changes.Release(ended, sold: false);
        return new Decision(changes, ended, null, [ended]);
    }

    /// <summary>The reservation with its prices; null when the section has no such places.</summary>
    private static ReservationDocument? Price(ScheduleDocument schedule, SectionRef section, ReservationId id, ReserveCommand command)
    {
        if (section.IsInventory)
        {
            var inventory = schedule.Inventory(section.Section);
            return inventory is null || command.Quantity is not > 0
                ? null
                : Pending(section, command, id, null, inventory.Price * command.Quantity.Value);
        }

        var plan = schedule.Section(section.Section);
        var lines = new List<SeatLine>();
        foreach (var number in command.Seats ?? [])
        {
            if (plan?.Find(number) is not { } found)
            {
                return null;
            }

            lines.Add(new SeatLine(number, schedule.PriceOf(found.Run)));
        }

        return lines.Count == 0 ? null : Pending(section, command, id, lines, lines.Sum(l => l.Price));
    }

    private static ReservationDocument Pending(
        SectionRef section, ReserveCommand command, ReservationId id, IReadOnlyList<SeatLine>? seats, long total)
    {
        var at = command.AcceptedAt.ToUnixTimeMilliseconds();
        return new ReservationDocument(
            id.Code, ReservationStatus.Pending, command.UserId, seats, command.Quantity, total, at, [new HistoryLine(at, ReservationStatus.Pending)])
        {
            Home = section == id.Section ? null : id.Section.Section,
        };
    }
}
