using Concert.Booking.Availability;
using Concert.Booking.Catalog;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Settings;
using Concert.Booking.Wallets;
using ConcertFunctions.Local.Settings;
using Microsoft.Extensions.Options;

namespace ConcertFunctions.Local.Demo;

/// <summary>Gives an empty store something to sell before the first request comes in.</summary>
internal sealed partial class DemoSeeding(
    ICatalogQueries catalog,
    ICatalogAdmin staff,
    IReserveUseCase reserve,
    IReservationReader reservations,
    IPayUseCase pay,
    IPaymentReader payments,
    IWalletUseCases wallets,
    IOptions<BookingOptions> booking,
    IOptions<WalletOptions> wallet,
    TimeProvider time,
    IOptions<LocalOptions> options,
    ILogger<DemoSeeding> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Demo || !await catalog.IsEmptyAsync(cancellationToken))
        {
            return;
        }

        var plan = new DemoCatalogue(staff, time);
        var soldOut = await plan.CreateAsync(cancellationToken);
        var buyers = new DemoBuyers(reserve, reservations, pay, payments, wallets, booking, wallet, time);
        if (await buyers.BuyAllAsync(soldOut, DemoCatalogue.SoldOutPrice, cancellationToken) is { } why)
        {
            NotSoldOut(log, why);
        }

        Seeded(log);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "The store was empty: the demo catalogue was added")]
    private static partial void Seeded(ILogger logger);

    [LoggerMessage(2, LogLevel.Warning, "With these settings the demo cannot sell its sold-out schedule out: {Why}")]
    private static partial void NotSoldOut(ILogger logger, string why);
}
