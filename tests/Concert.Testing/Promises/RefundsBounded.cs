namespace Concert.Testing.Promises;

/// <summary>L4: what is refunded is at most what was paid, and all of it where the table says so.</summary>
public static class RefundsBounded
{
    public const string Id = "L4";

    public static IEnumerable<BrokenPromise> Check(PaymentFact payment)
    {
        if (payment.Refund < 0 || payment.Refund > payment.Amount)
        {
            yield return new(Id, $"Payment {payment.Id} of {payment.Amount} won had {payment.Refund} refunded");
        }
    }

    /// <summary>By the reservations' cancellations too.</summary>
    public static IEnumerable<BrokenPromise> Check(SaleEvidence sale)
    {
        var paid = sale.Payments.Where(p => p.IsDebited).ToLookup(p => p.ReservationId, StringComparer.Ordinal);
        return
        [
            .. sale.Payments.SelectMany(Check),
            .. sale.Reservations.Where(r => sale.RefundsAreFull && r.Status == Status.Cancelled && r.Was(Status.Confirmed) && r.Refund < r.PaidTotal)
                .Select(r => new BrokenPromise(Id, $"{r.Id}: {r.Refund} back, and all of {r.PaidTotal} was due")),
            .. sale.Reservations.SelectMany(r => r.Parts.Where(p => p.Refund < 0 || p.Refund > p.Amount || (sale.RefundsAreFull && p.Refund < p.Amount))
                .Select(p => new BrokenPromise(Id, $"{r.Id}: {p.Refund} back for a part of {p.Amount} won"))),
            .. sale.Reservations
                .Where(r => !sale.Unsure.Contains(r.UserId) && (r.Refund < 0 || r.Refund > paid[r.Id].Sum(p => p.Amount)))
                .Select(r => new BrokenPromise(Id, $"{r.Id}: {r.Refund} back of {paid[r.Id].Sum(p => p.Amount)} paid")),
        ];
    }
}
