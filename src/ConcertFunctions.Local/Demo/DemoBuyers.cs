using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Options;

namespace ConcertFunctions.Local.Demo;

/// <summary>Buys a schedule's seats to the last one, by the same commands and within the same limits as everybody.</summary>
internal sealed class DemoBuyers(
    IReserveUseCase reserve,
    IReservationReader reservations,
    IPayUseCase pay,
    IPaymentReader payments,
    IWalletUseCases wallets,
    IOptions<BookingOptions> booking,
    IOptions<WalletOptions> wallet,
    TimeProvider time)
{
    private const int MostCharges = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Null when everything was bought; else why some of it was not, which the settings in force can bring about.</summary>
    /// <param name="schedule">What is bought.</param>
    /// <param name="price">Of one of its seats, won.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> BuyAllAsync(CreatedSchedule schedule, long price, CancellationToken cancellationToken)
    {
        var most = Math.Min(booking.Value.MaxSeatsPerReservation, booking.Value.MaxPerUser);
        var seatsEach = (int)Math.Min(most, wallet.Value.MaxBalance / price);
        if (seatsEach == 0)
        {
            return $"a seat costs {price} won and Wallet:MaxBalance is {wallet.Value.MaxBalance}";
        }

        var carts = schedule.Sections.SelectMany(section => section.SeatIds.Chunk(seatsEach));
        var outcomes = await Task.WhenAll(carts.Select((seats, i) => BuyAsync($"demo-{i + 1}", seats, seats.Length * price, cancellationToken)));
        return Array.Find(outcomes, outcome => outcome is not null);
    }

    private async Task<string?> BuyAsync(string user, string[] seats, long total, CancellationToken cancellationToken)
    {
        if (total / wallet.Value.MaxCharge > MostCharges)
        {
            return $"a cart costs {total} won and Wallet:MaxCharge is {wallet.Value.MaxCharge}";
        }

        var caller = new Caller(user);
        for (var left = total; left > 0; left -= wallet.Value.MaxCharge)
        {
            var charged = await wallets.ChargeAsync(caller, Math.Min(left, wallet.Value.MaxCharge), cancellationToken);
            if (charged.IsRefused(out var refused))
            {
                return refused.Detail;
            }
        }

        var asked = await reserve.RequestAsync(caller, new ReservationRequest(null, seats, null, null), cancellationToken);
        if (asked.IsRefused(out var refusal))
        {
            return refusal.Detail;
        }

        var held = await UntilAsync(
            async () => (await reservations.GetAsync(caller, asked.Value.Id, cancellationToken)).Value.Status, ReservationStatus.Pending, cancellationToken);
        if (held != ReservationStatus.Held)
        {
            return $"a reservation is {held.Name()}";
        }

        var paying = await pay.RequestAsync(caller, new PaymentRequest(asked.Value.Id, null), cancellationToken);
        if (paying.IsRefused(out refusal))
        {
            return refusal.Detail;
        }

        var paid = await UntilAsync(
            async () => (await payments.GetAsync(caller, paying.Value.Id, cancellationToken)).Value.Status, PaymentStatus.Pending, cancellationToken);
        return paid == PaymentStatus.Completed ? null : $"a payment is {paid.Name()}";
    }

    private async Task<TStatus> UntilAsync<TStatus>(Func<Task<TStatus>> look, TStatus undecided, CancellationToken cancellationToken)
        where TStatus : struct, Enum
    {
        var start = time.GetTimestamp();
        TStatus status;
        while (EqualityComparer<TStatus>.Default.Equals(status = await look(), undecided) && time.GetElapsedTime(start) < Patience)
        {
            await Task.Delay(Pause, time, cancellationToken);
        }

        return status;
    }
}
