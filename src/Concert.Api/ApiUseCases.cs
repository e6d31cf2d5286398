using Concert.Booking.Shared;

namespace Concert.Api;

/// <summary>The domain as the handlers see it.</summary>
public sealed record ApiUseCases(
    IQueueUseCases Queue,
    ICatalogUseCases Catalog,
    IReservationUseCases Reservations,
    IPaymentUseCases Payments,
    IWalletUseCases Wallets);
