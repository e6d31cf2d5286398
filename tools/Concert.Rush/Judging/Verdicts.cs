using Concert.Rush.Observation;

namespace Concert.Rush.Judging;

/// <summary>Every promise that can be checked from outside, judged over the same evidence by the rules that all observers share.</summary>
public static class Verdicts
{
    /// <summary>Two instances of the service may differ by this much (ms) when they stamp the end of one claim and the start of the next.</summary>
    public const long ClockSkew = 2_000;

    public static IReadOnlyList<Verdict> Judge(DrillEvidence evidence) =>
    [
        .. Places(evidence.Sale), ExactVerdict.RightNumber(evidence), .. Requests(evidence), .. Counts(evidence.Sale), .. Money(evidence),
        .. FairStartVerdict.Judge(evidence),
    ];

    private static IEnumerable<Verdict> Places(SaleEvidence sale)
    {
        var seats = sale.Reservations.Where(r => r.Was(Status.Held)).SelectMany(r => r.Seats).Distinct(StringComparer.Ordinal).Count();
        yield return Verdict.From(
            "No seat sold twice", "S1", sale.Places.SelectMany(p => OneOwnerPerSeat.Now(p).Concat(OneOwnerPerSeat.OverTime(p, sale.ClockSkew ?? ClockSkew))),
            $"{seats:N0} seats, never two live reservations on one");
        yield return Verdict.From(
            "Never oversold", "S4", sale.Places.SelectMany(CountsAgree.AddUp),
            $"{sale.Reservations.Where(r => r.IsLive).Sum(r => r.Places):N0} taken of {sale.Places.Sum(p => p.Capacity):N0}");
        yield return Verdict.From("All places or none", "S3", AllOrNone.Requests(sale), $"{sale.Reservations.Count(r => r.Was(Status.Held)):N0} reservations are what was asked for");
    }

    private static IEnumerable<Verdict> Requests(DrillEvidence evidence)
    {
        var sale = evidence.Sale;
        yield return Verdict.From("Every buyer was answered", "F1", NothingStuck.Answered(sale), $"{evidence.Asks.Count:N0} requests answered");
        yield return Verdict.From(
            "Nothing accepted was lost", "F1", NothingStuck.Kept(sale).Concat(NothingStuck.Ended(sale)),
            $"{evidence.Asks.Count(a => a.Accepted):N0} reservations, {sale.Payments.Count:N0} payments, {evidence.Cancels.Count(c => c.Accepted):N0} cancellations came to an end");
        yield return Verdict.From("Nothing was taken back", "history", sale.Reservations.SelectMany(LegalHistory.Check), "every reservation went by the state table");
        yield return Verdict.From(
            "Refusals left nothing behind", "L3", OneEffect.Unasked(sale).Concat(OneEffect.Keys(sale)), $"{evidence.Asks.Count(a => a.Refusal is not null):N0} refused at once");
    }

    /// <summary>Everything that shows a schedule shows the same, and it is what the buyers have.</summary>
    private static IEnumerable<Verdict> Counts(SaleEvidence sale)
    {
        var first = sale.Places.SelectMany(p => p.Counts.Take(1)).ToList();
        yield return Verdict.From(
            "Report agrees with buyers", "S2 S4", sale.Places.SelectMany(CountsAgree.CountReservations), $"held {first.Sum(c => c.Held):N0}, sold {first.Sum(c => c.Sold):N0}");
        yield return Verdict.From(
            "Dates agree with report", "S4",
            sale.Places.SelectMany(CountsAgree.SourcesAgree).Concat(sale.Places.Where(p => p.Counts.Count < 2).Select(p => new BrokenPromise(CountsAgree.Id, $"{p.Id} is not among the dates"))),
            $"reservedSeats {first.Sum(c => c.Reserved):N0}");
        yield return Verdict.From(
            "Seat map agrees", "S1 F1",
            sale.Places.SelectMany(p => p.Seats is null ? [new BrokenPromise(SoldMeansPaid.Id, $"{p.Id}: the seat map could not be read")] : SoldMeansPaid.Seats(p).Concat(CountsAgree.CountSeats(p))),
            $"{sale.Places.Sum(p => p.Seats?.Count ?? 0):N0} seats as their buyers have them");
    }

    private static IEnumerable<Verdict> Money(DrillEvidence evidence)
    {
        var sale = evidence.Sale;
        var (charged, paid, refunded) = NoMoneyLost.Sums(sale.Wallets.SelectMany(w => w.Ledger ?? []));
        yield return Verdict.From(
            "Sold means paid once", "S2", SoldMeansPaid.Settled(sale).Concat(sale.Wallets.SelectMany(SoldMeansPaid.PaidOnce)), $"{sale.Payments.Count(p => p.IsDebited):N0} payments, each for its reservation");
        yield return FairVerdict.NothingRefusedWithoutReason(evidence);
        yield return Verdict.From(
            "Ledgers add up", "L1", sale.Wallets.SelectMany(LedgerAddsUp.Check), $"{sale.Wallets.Count:N0} wallets, balance {sale.Wallets.Sum(w => w.Balance):N0} won");
        yield return Verdict.From(
            "No money lost or invented", "L2 L3", sale.Wallets.SelectMany(w => NoMoneyLost.Check(w).Concat(OneEffect.Entries(w)).Concat(OneEffect.Charges(w))),
            $"{charged:N0} charged = balances + {paid:N0} paid - {refunded:N0} refunded");
        yield return Verdict.From(
            "Refunds within payments", "L4", RefundsBounded.Check(sale),
            $"{sale.Reservations.Count(r => r.Refund > 0):N0} refunds, {sale.Reservations.Sum(r => r.Refund ?? 0):N0} won");
        yield return Verdict.From("Report agrees on money", "L2", NoMoneyLost.Reported(sale), $"paid {sale.Places.Sum(p => p.Money?.Paid):N0}, refunded {sale.Places.Sum(p => p.Money?.Refunded):N0}");
    }
}
