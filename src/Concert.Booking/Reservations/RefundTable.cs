using Concert.Booking.Settings;
using Concert.Booking.States;

namespace Concert.Booking.Reservations;

/// <summary>The part of a price that a cancellation gives back, rounded down to the won for each cancellation.</summary>
/// <param name="Percent">0 to 100.</param>
/// <param name="Until">The last moment that this holds.</param>
public sealed record RefundOffer(int Percent, DateTimeOffset Until);

/// <summary>Cancellation's deadline and refunds by the time left until doors open.</summary>
public static class RefundTable
{
    /// <summary>The row that applies; null when it is too late. Without a row that fits, nothing is given back.</summary>
    public static RefundRule? RowFor(TimeSpan untilOpen, CancellationOptions rules)
    {
        if (untilOpen < rules.Deadline)
        {
            return null;
        }

        var table = rules.Refunds.Count > 0 ? rules.Refunds : (IEnumerable<RefundRule>)CancellationOptions.DefaultRefunds;
        return table.Where(r => untilOpen >= r.AtLeast).MaxBy(r => r.AtLeast) ?? new RefundRule();
    }

    /// <summary>The refund that cancelling a paid reservation at this moment would bring, so that its user knows before asking; null when it would be refused.</summary>
    public static RefundOffer? OfferFor(ReservationDocument reservation, DateTimeOffset openAt, DateTimeOffset now, CancellationOptions rules)
    {
        if (reservation is not { Status: ReservationStatus.Confirmed, IsCancelling: false, Used: null } || RowFor(openAt - now, rules) is not { } row)
        {
            return null;
        }

        return new RefundOffer(row.Percent, openAt - (row.AtLeast > rules.Deadline ? row.AtLeast : rules.Deadline));
    }
}
