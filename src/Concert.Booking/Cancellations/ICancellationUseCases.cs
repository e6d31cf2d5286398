using Concert.Booking.Calls;
using Concert.Booking.Reservations;

namespace Concert.Booking.Cancellations;

/// <summary>Cancelling a hold or a paid reservation of the caller.</summary>
public interface ICancellationUseCases
{
    /// <summary>The reservation as it stands; its cancellation has been asked for. POST and DELETE are one operation: a key of the one is known to the other.</summary>
    Task<Result<ReservationView>> RequestCancelAsync(Caller caller, string reservationId, CancellationToken cancellationToken);
}
