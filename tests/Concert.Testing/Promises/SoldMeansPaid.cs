namespace Concert.Testing.Promises;

/// <summary>S2: a seat is sold ⇔ exactly one reservation of it is confirmed ⇔ exactly one payment of that is completed.</summary>
public static class SoldMeansPaid
{
    public const string Id = "S2";

    /// <summary>Each seat shows what its live reservation is; one that staff have blocked has none. Needs seats, from documents or from a map.</summary>
    public static IEnumerable<BrokenPromise> Seats(PlacesEvidence places)
    {
        if (places.Seats is not { } seats)
        {
            yield break;
        }

        var owners = new Dictionary<string, ReservationFact>(StringComparer.Ordinal);
        HashSet<string>? blurred = null;
        foreach (var reservation in places.Reservations)
        {
            foreach (var seat in reservation.IsLive || reservation.IsBlurred ? reservation.Seats : [])
            {
                _ = reservation.IsBlurred ? (blurred ??= new(StringComparer.Ordinal)).Add(seat) : owners.TryAdd(seat, reservation);
            }
        }

        foreach (var (seat, fact) in seats)
        {
            var owner = owners.GetValueOrDefault(seat);
            var expected = owner is null ? Status.Available : owner.Status == Status.Confirmed ? Status.Sold : Status.Held;

            // A seat that names somebody else is S1's or S3's to say.
            if (fact.Status != expected && !(places.FromDocuments && fact.Holder != owner?.Id)
                && !(owner is null && fact.Status == Status.Blocked)
                && !(owner is null && fact.Status == Status.Held && blurred?.Contains(seat) == true))
            {
                yield return new(Id, $"Seat {seat} of {places.Id} is {fact.Status} and {(owner is null ? "nobody's" : $"that of {owner.Id}, which is {owner.Status}")}");
            }
        }

        foreach (var (seat, owner) in places.FromDocuments ? [] : owners)
        {
            if (!seats.ContainsKey(seat))
            {
                yield return new(Id, $"Seat {seat} of {places.Id} is that of {owner.Id} and is shown nowhere");
            }
        }
    }

    /// <summary>A reservation beside the payment it names, also between the steps of a saga: see the sagas for their order.</summary>
    public static IEnumerable<BrokenPromise> Step(ReservationFact reservation, PaymentFact? payment)
    {
        var right = (reservation.PaymentId, reservation.Status) switch
        {
            (null, Status.Paying or Status.Confirmed) => false,
            (null, _) => true,
            (_, Status.Paying) => payment is not { Status: Status.Refunded },
            (_, Status.Confirmed) => payment?.Amount == reservation.PaidTotal
                && (payment.Status == Status.Completed || (payment.Status == Status.Refunded && reservation.IsCancelling))
                && ((payment.Refund ?? 0) == reservation.Parts.Sum(p => p.Refund ?? 0) || (reservation.IsCancelling && payment.Refund == reservation.Refund)),
            (_, Status.Cancelled) => payment is { Status: Status.Refunded } && payment.Refund == reservation.Refund,
            _ => false,
        };
        if (!right || (payment is not null && payment.ReservationId != reservation.Id))
        {
            yield return new(
                Id, $"{reservation.Status} {reservation.Id} of {reservation.Total} won has payment {reservation.PaymentId ?? "none"}, which is {payment?.Status ?? "absent"} with {payment?.Amount} won");
        }
    }

    /// <summary>A payment beside its reservation, also between the steps of a saga.</summary>
    public static IEnumerable<BrokenPromise> Step(PaymentFact payment, ReservationFact? reservation)
    {
        var itsOwn = reservation?.PaymentId == payment.Id && reservation.UserId == payment.UserId;
        var right = payment.Status switch
        {
            Status.Completed => itsOwn && reservation!.Status is Status.Paying or Status.Confirmed,
            Status.Refunded => itsOwn && (reservation!.IsCancelling || reservation.Status == Status.Cancelled),
            _ => true,
        };
        if (!right)
        {
            yield return new(Id, $"Payment {payment.Id} is {payment.Status} while {payment.ReservationId} is {reservation?.Status ?? "absent"} with payment {reservation?.PaymentId ?? "none"}");
        }
    }

    /// <summary>At no moment two debits for one reservation. Needs the user's payments.</summary>
    public static IEnumerable<BrokenPromise> PaidOnce(WalletEvidence wallet)
    {
        HashSet<string>? paid = null;
        foreach (var payment in wallet.Payments ?? [])
        {
            if (payment.IsDebited && !(paid ??= new(StringComparer.Ordinal)).Add(payment.ReservationId))
            {
                yield return new(Id, $"{wallet.UserId} paid {payment.ReservationId} more than once");
            }
        }
    }

    /// <summary>When all is over: confirmed is paid once, cancelled after that is paid and refunded once, all else is not paid.</summary>
    public static IEnumerable<BrokenPromise> Settled(SaleEvidence sale)
    {
        var debits = sale.Payments.Where(p => p.IsDebited).ToLookup(p => p.ReservationId, StringComparer.Ordinal);
        foreach (var reservation in sale.Reservations)
        {
            var paid = debits[reservation.Id].ToList();
            var right = reservation switch
            {
                { Status: Status.Confirmed } => paid is [{ Status: Status.Completed }]
                    && paid[0].Amount == reservation.PaidTotal && (paid[0].Refund ?? 0) == (reservation.Refund ?? 0),
                { Status: Status.Cancelled } when reservation.Was(Status.Confirmed) => paid is [{ Status: Status.Refunded }]
                    && paid[0].Amount == reservation.PaidTotal && (paid[0].Refund ?? reservation.Refund) == reservation.Refund,
                _ => paid.Count == 0,
            };
            var named = paid.Count != 1 || reservation.PaymentId is null || reservation.PaymentId == paid[0].Id;

            // Of somebody who is not sure there may be a payment that nobody was told of.
            if ((!right && !(paid.Count == 0 && sale.Unsure.Contains(reservation.UserId))) || !named)
            {
                yield return new(
                    Id,
                    $"{reservation.Id} is {reservation.Status} for {reservation.Total} of {reservation.PaidTotal} won with payment {reservation.PaymentId ?? "none"}; its payments are "
                    + $"[{string.Join(", ", paid.Select(p => $"{p.Id} {p.Status} {p.Amount} {p.Refund}"))}]");
            }
        }
    }
}
