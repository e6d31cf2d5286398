using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Reservations;
using Concert.Booking.States;

namespace Concert.Booking.Tickets;

/// <summary>Tickets of the caller. An interface because the API's tests speak for the domain.</summary>
public interface ITicketReader
{
    /// <summary>Refusals: not-yours, and not-valid for a reservation that is not CONFIRMED, is being cancelled, or is called off.</summary>
    Task<Result<TicketView>> GetAsync(Caller caller, string reservationId, CancellationToken cancellationToken);
}

/// <summary>Makes the ticket of a reservation that is paid.</summary>
public sealed class TicketReader(ReservationReader reservations, CatalogReader catalog, TicketSigner signer) : ITicketReader
{
    public async Task<Result<TicketView>> GetAsync(Caller caller, string reservationId, CancellationToken cancellationToken)
    {
        var found = await reservations.FindAsync(caller.UserId, reservationId, cancellationToken);
        if (found.IsRefused(out var refusal))
        {
            return refusal;
        }

        var (id, section, document) = found.Value;
        var schedule = await catalog.FindScheduleAsync(id.Section.ScheduleId, cancellationToken);
        if (document is not { Status: ReservationStatus.Confirmed, IsCancelling: false } || schedule is { CalledOff: not null })
        {
            return TicketAnswers.NotValid(document, schedule);
        }

        if (schedule is null)
        {
            return Refusal.NotYours("reservation");
        }

        var concert = await catalog.FindConcertAsync(id.Section.ConcertId, cancellationToken);
        var view = ReservationViews.View(section, document, schedule);
        return new TicketView(
            signer.Sign(id),
            view.Id,
            view.ConcertScheduleId,
            concert?.Name,
            schedule.OpenAt,
            schedule.CloseAt,
            view.Seats,
            TicketAnswers.InventoryName(section, schedule),
            view.Quantity,
            view.UsedAt);
    }
}
