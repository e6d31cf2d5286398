using Concert.Booking.Catalog;
using Concert.Booking.Identity;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Storage;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;

namespace Concert.Simulation.Checks;

/// <summary>S1 to S4 over one section, after every commit that touched it.</summary>
public sealed class SectionRules(World world, SimStore store)
{
    public static bool IsLive(ReservationDocument reservation) =>
        reservation.Status is ReservationStatus.Held or ReservationStatus.Paying or ReservationStatus.Confirmed;

    /// <summary>Whether something is still to happen to it once nobody does anything.</summary>
    public static bool IsUnsettled(ReservationDocument reservation) =>
        reservation.Status is ReservationStatus.Pending or ReservationStatus.Held or ReservationStatus.Paying || reservation.IsCancelling
        || reservation is { HasEnded: true, Due: not null };

    public void Check(SimPartition partition, IReadOnlyList<Change> changes)
    {
        foreach (var change in changes)
        {
            CheckHistory(change);
        }

        var section = SectionOf(partition.Reference);
        var seats = new Dictionary<int, SeatDocument>();
        var reservations = new Dictionary<string, ReservationDocument>(StringComparer.Ordinal);
        CountersDocument? counters = null;
        foreach (var document in partition.Documents.Values)
        {
            switch (document.Parsed)
            {
                case SeatDocument seat: seats[seat.Number] = seat; break;
                case ReservationDocument reservation: reservations[reservation.Code] = reservation; break;
                case CountersDocument found: counters = found; break;
            }
        }

        CheckSeats(seats, reservations);
        CheckCounts(section, seats, reservations, counters);
        foreach (var change in changes)
        {
            if (change.After?.Parsed is ReservationDocument reservation)
            {
                CheckPayment(section, reservation);
            }
        }
    }

    public static SectionRef SectionOf(PartitionRef partition)
    {
        var colon = partition.Key.LastIndexOf(':');
        return new SectionRef(partition.Key[..colon], partition.Key[(colon + 1)..]);
    }

    private void CheckSeats(Dictionary<int, SeatDocument> seats, Dictionary<string, ReservationDocument> reservations)
    {
        foreach (var seat in seats.Values)
        {
            if ((seat.Status == SeatStatus.Available) != (seat.Holder is null))
            {
                world.Fail("S1", $"Seat {seat.Number} is {seat.Status} with holder {seat.Holder}");
            }
            else if (seat.Holder is { } holder && (!reservations.TryGetValue(holder, out var live) || !IsLive(live) || live.Seats!.All(l => l.Number != seat.Number)))
            {
                world.Fail("S1", $"Seat {seat.Number} is {seat.Status} by {holder}, whose reservation is {reservations.GetValueOrDefault(holder)?.Status ?? "absent"}");
            }
        }

        foreach (var reservation in reservations.Values.Where(r => IsLive(r) && r.Seats is not null))
        {
            var expected = reservation.Status == ReservationStatus.Confirmed ? SeatStatus.Sold : SeatStatus.Held;
            foreach (var line in reservation.Seats!)
            {
                var seat = seats.GetValueOrDefault(line.Number) ?? SeatDocument.Available(line.Number);
                if (seat.Holder != reservation.Code)
                {
                    world.Fail("S1", $"{reservation.Status} reservation {reservation.Code} has not its seat {line.Number}, which is {seat.Status} by {seat.Holder}");
                }
                else if (seat.Status != expected)
                {
                    world.Fail("S3", $"{reservation.Status} reservation {reservation.Code} has seat {line.Number} as {seat.Status}");
                }
                else if (reservation.Status == ReservationStatus.Held && seat.HoldEndsAt != reservation.HoldEndsAt)
                {
                    world.Fail("S3", $"Seat {line.Number} says that the hold of {reservation.Code} ends at {seat.HoldEndsAt}, not {reservation.HoldEndsAt}");
                }
            }
        }
    }

    private void CheckCounts(
        SectionRef section,
        Dictionary<int, SeatDocument> seats,
        Dictionary<string, ReservationDocument> reservations,
        CountersDocument? counters)
    {
        if (counters is null)
        {
            world.Fail("S4", $"Section {section} has no counters");
            return;
        }

        var held = reservations.Values.Where(r => r.Status is ReservationStatus.Held or ReservationStatus.Paying).Sum(r => r.Places);
        var sold = reservations.Values.Where(r => r.Status == ReservationStatus.Confirmed).Sum(r => r.Places);
        if (counters.Held != held || counters.Sold != sold || counters.Left < 0)
        {
            world.Fail("S4", $"Section {section.Section} counts {counters.Left} left, {counters.Held} held, {counters.Sold} sold; its reservations have {held} and {sold}");
        }

        if (!section.IsInventory
            && (seats.Values.Count(s => s.Status == SeatStatus.Held) != held || seats.Values.Count(s => s.Status == SeatStatus.Sold) != sold))
        {
            world.Fail("S4", $"Section {section.Section} has {held} held and {sold} sold by its reservations, and other numbers by its seats");
        }
    }

    /// <summary>S2 between the section and the wallet: see the sagas for the order of their steps.</summary>
    private void CheckPayment(SectionRef section, ReservationDocument reservation)
    {
        if (reservation.Payment is null)
        {
            if (reservation.Status is ReservationStatus.Paying or ReservationStatus.Confirmed)
            {
                world.Fail("S2", $"{reservation.Status} reservation {reservation.Code} has no payment");
            }

            return;
        }

        var payment = store.Find(new PartitionRef(DocumentContainer.Wallets, reservation.UserId), PaymentDocument.Prefix + reservation.Payment)?.Parsed as PaymentDocument;
        var right = reservation.Status switch
        {
            ReservationStatus.Paying => payment is not { Status: PaymentStatus.Refunded },
            ReservationStatus.Confirmed => payment is { Status: PaymentStatus.Completed } || (payment is { Status: PaymentStatus.Refunded } && reservation.IsCancelling),
            ReservationStatus.Cancelled => payment is { Status: PaymentStatus.Refunded } && payment.Refund == reservation.Cancellation?.Refund,
            _ => false,
        };
        if (!right || (payment is not null && payment.ReservationId != reservation.IdIn(section).ToString()))
        {
            world.Fail("S2", $"{reservation.Status} reservation {reservation.Code} has payment {reservation.Payment}, which is {payment?.Status ?? "absent"}");
        }
    }

    private void CheckHistory(Change change)
    {
        if (change.Before?.Parsed is not ReservationDocument before)
        {
            return;
        }

        if (change.After?.Parsed is not ReservationDocument after)
        {
            world.Fail("history", $"Reservation {before.Code} disappeared");
            return;
        }

        if (after.History.Count < before.History.Count || !before.History.SequenceEqual(after.History.Take(before.History.Count)))
        {
            world.Fail("history", $"The history of {before.Code} was rewritten: {Text(before)} became {Text(after)}");
        }
        else if (before.Status != after.Status && !IsAllowed(before.Status, after.Status))
        {
            world.Fail("history", $"Reservation {before.Code} went from {before.Status} to {after.Status}");
        }

        static string Text(ReservationDocument r) => string.Join(' ', r.History.Select(h => h.Status));
    }

    private static bool IsAllowed(string from, string to) => (from, to) is
        (ReservationStatus.Held, ReservationStatus.Paying or ReservationStatus.Expired or ReservationStatus.Cancelled)
        or (ReservationStatus.Paying, ReservationStatus.Confirmed or ReservationStatus.Held)
        or (ReservationStatus.Confirmed, ReservationStatus.Cancelled);
}
