using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.States;

namespace Concert.Booking.Reservations.Resume;

/// <summary>Handles what the repair timer sends: finishes a payment or a refund that was left half done.</summary>
public sealed class ResumeHandler(IDocumentStore store, PayHandler payments, CancelHandler cancellations)
{
    public async Task<HandlerOutcome> HandleAsync(ReservationId id, CancellationToken cancellationToken)
    {
        var state = await SectionLoader.ForReservationAsync(store, id, withSeats: false, cancellationToken);
        switch (state.Reservation(id.Code))
        {
            case { Status: ReservationStatus.Paying } paying:
                return await payments.ResumeAsync(id, paying, state, cancellationToken);
            case { IsCancelling: true } cancelling:
                return await cancellations.FinishAsync(id, cancelling, state, cancellationToken);
            case { } settled:
                return new HandlerOutcome.Reservation(settled.Status);
            case null:
                return new HandlerOutcome.Reservation(null);
        }
    }
}
