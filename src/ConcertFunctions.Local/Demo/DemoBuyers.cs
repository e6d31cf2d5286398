using Concert.Booking.Catalog;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;

namespace ConcertFunctions.Local.Demo;

/// <summary>Buys a schedule's seats to the last one, by the same commands as everybody.</summary>
internal sealed class DemoBuyers(IReservationUseCases reservations, IPaymentUseCases payments, IWalletUseCases wallets, TimeProvider time)
{
    private const int SeatsEach = 8;
    private const long Budget = 10_000_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task BuyAllAsync(CreatedSchedule schedule, CancellationToken cancellationToken)
    {
        var carts = schedule.Sections.SelectMany(section => section.SeatIds.Chunk(SeatsEach));
        await Task.WhenAll(carts.Select((seats, i) => BuyAsync($"demo-{i + 1}", seats, cancellationToken)));
    }

    private async Task BuyAsync(string user, string[] seats, CancellationToken cancellationToken)
    {
        var caller = new Caller(user);
        _ = (await wallets.ChargeAsync(caller, Budget, cancellationToken)).Value;
        var asked = (await reservations.RequestAsync(caller, new ReservationRequest(null, seats, null, null), cancellationToken)).Value;
        await UntilAsync(
            async () => (await reservations.GetAsync(caller, asked.Id, cancellationToken)).Value.Status,
            ReservationStatus.Pending,
            ReservationStatus.Held,
            cancellationToken);
        var paying = (await payments.RequestAsync(caller, new PaymentRequest(asked.Id, null), cancellationToken)).Value;
        await UntilAsync(
            async () => (await payments.GetAsync(caller, paying.Id, cancellationToken)).Value.Status,
            PaymentStatus.Pending,
            PaymentStatus.Completed,
            cancellationToken);
    }

    private async Task UntilAsync(Func<Task<string>> look, string undecided, string wanted, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        string status;
        while ((status = await look()) == undecided && time.GetElapsedTime(start) < Patience)
        {
            await Task.Delay(Pause, time, cancellationToken);
        }

        if (status != wanted)
        {
            throw new InvalidOperationException($"The demo's purchase is {status} instead of {wanted}.");
        }
    }
}
