using Concert.Booking.Shared;
using ConcertFunctions.Local.Settings;
using Microsoft.Extensions.Options;

namespace ConcertFunctions.Local.Demo;

/// <summary>Gives an empty store something to sell before the first request comes in.</summary>
internal sealed partial class DemoSeeding(
    ICatalogUseCases catalog,
    IReservationUseCases reservations,
    IPaymentUseCases payments,
    IWalletUseCases wallets,
    TimeProvider time,
    IOptions<LocalOptions> options,
    ILogger<DemoSeeding> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Demo || (await catalog.ListConcertsAsync(cancellationToken)).Value.Count > 0)
        {
            return;
        }

        var plan = new DemoCatalogue(catalog, time);
        var soldOut = await plan.CreateAsync(cancellationToken);
        await new DemoBuyers(reservations, payments, wallets, time).BuyAllAsync(soldOut, cancellationToken);
        Seeded(log);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "The store was empty: it has the demo catalogue now")]
    private static partial void Seeded(ILogger logger);
}
