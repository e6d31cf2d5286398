using Concert.Booking.Calls;
using Concert.Booking.Paging;

namespace Concert.Booking.Reservations;

/// <summary>Reservations of the caller. Commands are accepted, not decided: the view says PENDING.</summary>
public interface IReservationUseCases
{
    Task<Result<ReservationView>> RequestAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// What this very request under this Idempotency-Key led to before; null when it is new. A repeat needs no admission: whoever lost the answer
    /// may have lost the token's time with it.
    /// </summary>
    Task<Result<ReservationView>?> FindEarlierAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken);

    Task<Result<ReservationView>> GetAsync(Caller caller, string reservationId, CancellationToken cancellationToken);

    Task<Result<Paged<ReservationView>>> ListAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken);
}
