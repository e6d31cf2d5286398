using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Cancellations;
using Concert.Booking.Catalog;
using Concert.Booking.Paging;
using Concert.Booking.Payments;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Settings;
using Concert.Booking.Telemetry;
using Concert.Booking.Timers;
using Concert.Booking.WaitingRoom;

namespace Concert.Booking.Wallets;

/// <summary>The wallet of a user.</summary>
public interface IWalletUseCases
{
    /// <summary>Tops up; refusals invalid-request, limit-reached (balance limit), idempotency-mismatch.</summary>
    Task<Result<BalanceView>> ChargeAsync(Caller caller, long amount, CancellationToken cancellationToken);

    Task<Result<BalanceView>> BalanceAsync(Caller caller, CancellationToken cancellationToken);

    Task<Result<Paged<LedgerEntryView>>> HistoryAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken);
}
