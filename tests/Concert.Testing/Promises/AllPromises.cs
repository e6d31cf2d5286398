namespace Concert.Testing.Promises;

/// <summary>What must always be true, as one list. Each rule looks at the evidence it needs and says nothing where there is none.</summary>
public static class AllPromises
{
    /// <summary>Places, at any moment, also between the steps of a saga.</summary>
    public static IEnumerable<BrokenPromise> Always(PlacesEvidence places) =>
        OneOwnerPerSeat.Now(places)
            .Concat(SoldMeansPaid.Seats(places))
            .Concat(AllOrNone.Seats(places))
            .Concat(CountsAgree.AddUp(places))
            .Concat(CountsAgree.CountReservations(places))
            .Concat(CountsAgree.CountSeats(places));

    /// <summary>A wallet, at any moment.</summary>
    public static IEnumerable<BrokenPromise> Always(WalletEvidence wallet) =>
        LedgerAddsUp.Check(wallet)
            .Concat(LedgerAddsUp.Keeps(wallet))
            .Concat(OneEffect.Entries(wallet))
            .Concat(OneEffect.Charges(wallet))
            .Concat(SoldMeansPaid.PaidOnce(wallet))
            .Concat(NoMoneyLost.Check(wallet));

    /// <summary>A whole sale when it is over.</summary>
    public static IEnumerable<BrokenPromise> Settled(SaleEvidence sale)
    {
        var ends = sale.Reservations.DistinctBy(r => r.Id, StringComparer.Ordinal).ToDictionary(r => r.Id, StringComparer.Ordinal);
        var payments = sale.Payments.DistinctBy(p => p.Id, StringComparer.Ordinal).ToDictionary(p => p.Id, StringComparer.Ordinal);
        return
        [
            .. sale.Places.SelectMany(Always),
            .. sale.Places.SelectMany(CountsAgree.SourcesAgree),
            .. sale.ClockSkew is { } skew ? sale.Places.SelectMany(p => OneOwnerPerSeat.OverTime(p, skew)) : [],
            .. sale.Wallets.SelectMany(Always),
            .. AllOrNone.Requests(sale),
            .. SoldMeansPaid.Settled(sale),
            .. NoMoneyLost.Reported(sale),
            .. OneEffect.Unasked(sale),
            .. OneEffect.Keys(sale),
            .. OneEffect.Parts(sale),
            .. RefundsBounded.Check(sale),
            .. NothingStuck.Ended(sale),
            .. NothingStuck.Kept(sale),
            .. NothingStuck.Answered(sale),
            .. sale.Reservations.SelectMany(LegalHistory.Check),
            .. (sale.Requests ?? []).Where(r => r.Id is not null).SelectMany(r => LegalHistory.Seen(r, ends.GetValueOrDefault(r.Id!), payments)),
        ];
    }
}
