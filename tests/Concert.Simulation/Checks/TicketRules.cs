using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Simulation.Buyers;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;

namespace Concert.Simulation.Checks;

/// <summary>ticket: one admits once, and never what is cancelled or refunded. What has admitted is used for good, and not cancelled unless all of the schedule is.</summary>
public sealed class TicketRules(World world, SimStore store, Doors doors)
{
    private const string Rule = "ticket";
    private const long ClocksDiffer = 15_000;

    public void Judge()
    {
        var reservations = store.Partitions.SelectMany(p => p.Documents.Values).Select(d => d.Parsed).OfType<ReservationDocument>().Where(r => r.Moved is null)
            .ToDictionary(r => r.Code, StringComparer.Ordinal);
        foreach (var used in reservations.Values.Where(r => r.Used is not null && r.Cancellations is not [.., { IsCallOff: true }] && (r.Status != ReservationStatus.Confirmed || r.IsCancelling || WasCancelledLater(r))))
        {
            world.Fail(Rule, $"{used.Code} was used and is {used.Status}{(used.Status == ReservationStatus.Confirmed ? ", cancelled" : "")}");
        }

        foreach (var ticket in doors.Stories.Where(s => s.LetInAt is not null).GroupBy(s => s.Reservation, StringComparer.Ordinal))
        {
            if (ticket.Count() > 1)
            {
                world.Fail(Rule, $"{ticket.Key} was let in {ticket.Count()} times");
            }

            var reservation = reservations[ticket.Key[(ticket.Key.LastIndexOf('.') + 1)..]];
            if (reservation.Used?.At != ticket.First().LetInAt!.Value.ToUnixTimeMilliseconds())
            {
                world.Fail(Rule, $"{ticket.Key} was let in at {ticket.First().LetInAt:O}, which is not written: {reservation.Used}, {reservation.Status}");
            }
        }
    }

    /// <summary>A part may have been given back before the ticket was used, by clocks that differ.</summary>
    private static bool WasCancelledLater(ReservationDocument reservation) =>
        reservation.Cancellations?.Any(c => !c.IsCallOff && c.At > reservation.Used!.At + ClocksDiffer) == true;
}
