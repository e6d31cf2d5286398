using Concert.Booking.Catalog;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Buyers;

/// <summary>The calls a buyer makes, as one instance serves them. Throws StoreUnavailableException where the API would say 503.</summary>
public interface IBuyerApi
{
    Task<Answer<QueueTokenView>> JoinAsync(Instance instance, string userId, string? concertId, string? key);

    Task<Answer<QueueTokenView>> CheckAsync(Instance instance, string token);

    Task<Answer<bool>> LeaveAsync(Instance instance, string token);

    Task<Answer<SeatMapView>> SeatsAsync(Instance instance, string token, string scheduleId);

    Task<Answer<ReservationView>> ReserveAsync(Instance instance, string token, ReservationRequest request, string? key);

    Task<Answer<ReservationView>> ReservationAsync(Instance instance, string token, string id);

    Task<Answer<Paged<ReservationView>>> ReservationsAsync(Instance instance, string token);

    Task<Answer<ReservationView>> CancelAsync(Instance instance, string token, string id, string? key);

    Task<Answer<PaymentView>> PayAsync(Instance instance, string token, PaymentRequest request, string? key);

    Task<Answer<PaymentView>> PaymentAsync(Instance instance, string token, string id);

    Task<Answer<BalanceView>> ChargeAsync(Instance instance, string userId, long amount, string? key);

    Task<Answer<BalanceView>> BalanceAsync(Instance instance, string userId);
}
