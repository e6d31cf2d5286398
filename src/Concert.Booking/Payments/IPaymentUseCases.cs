using Concert.Booking.Calls;
using Concert.Booking.Paging;

namespace Concert.Booking.Payments;

/// <summary>Payments of the caller.</summary>
public interface IPaymentUseCases
{
    Task<Result<PaymentView>> RequestAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken);

    /// <summary>What this very request under this Idempotency-Key led to before; null when it is new. A repeat needs no admission: paying ended the token.</summary>
    Task<Result<PaymentView>?> FindEarlierAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken);

    Task<Result<PaymentView>> GetAsync(Caller caller, string paymentId, CancellationToken cancellationToken);

    Task<Result<Paged<PaymentView>>> ListAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken);
}
