using Concert.Booking.Calls;
using Concert.Booking.Paging;

namespace Concert.Booking.Wallets;

/// <summary>The wallet of a user.</summary>
public interface IWalletUseCases
{
    /// <summary>Tops up; refusals invalid-request, limit-reached (balance limit), idempotency-mismatch.</summary>
    Task<Result<BalanceView>> ChargeAsync(Caller caller, long amount, CancellationToken cancellationToken);

    Task<Result<BalanceView>> BalanceAsync(Caller caller, CancellationToken cancellationToken);

    Task<Result<Paged<LedgerEntryView>>> HistoryAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken);
}
