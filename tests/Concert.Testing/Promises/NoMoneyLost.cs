namespace Concert.Testing.Promises;

/// <summary>L2: charges = balances + payments − refunds, to the won, wherever they are counted.</summary>
public static class NoMoneyLost
{
    public const string Id = "L2";

    /// <summary>The ledger, the wallet's own totals and the payments say the same.</summary>
    public static IEnumerable<BrokenPromise> Check(WalletEvidence wallet)
    {
        if (wallet.Ledger is null)
        {
            yield break;
        }

        var (charged, paid, refunded) = Sums(wallet.Ledger);
        if (wallet.Totals is { } totals && (totals.Charged != charged || totals.Paid != paid || totals.Refunded != refunded))
        {
            yield return new(Id, $"{wallet.UserId} says {totals}; the ledger has charged {charged}, paid {paid}, refunded {refunded}");
        }

        if (wallet.Ledger.FirstOrDefault(e => e.Kind is not (EntryKind.Charge or EntryKind.Payment or EntryKind.Refund)) is { } strange)
        {
            yield return new(Id, $"{wallet.UserId}: money moved as {strange}");
        }

        foreach (var broken in wallet.Payments is null ? [] : Payments(wallet.UserId, wallet.Ledger, wallet.Payments))
        {
            yield return broken;
        }
    }

    /// <summary>What staff are told was charged, paid and refunded.</summary>
    public static IEnumerable<BrokenPromise> Reported(SaleEvidence sale)
    {
        var debits = sale.Payments.Where(p => p.IsDebited).ToLookup(p => p.ReservationId, StringComparer.Ordinal);
        foreach (var places in sale.Places)
        {
            var paid = places.Reservations.Sum(r => debits[r.Id].Sum(p => p.Amount));
            var refunded = places.Reservations.Sum(r => r.Refund ?? 0);
            // Nobody can add up payments of which nobody was told.
            if (places.Money is { } told && told != (paid, refunded) && !places.Reservations.Any(r => sale.Unsure.Contains(r.UserId)))
            {
                yield return new(Id, $"{places.Id}: the report says paid {told.Paid}, refunded {told.Refunded}; buyers paid {paid} and got {refunded} back");
            }
        }

        var (balances, spent, back) = (sale.Wallets.Sum(w => w.Balance), sale.Places.Sum(p => p.Money?.Paid ?? 0), sale.Places.Sum(p => p.Money?.Refunded ?? 0));
        if (sale.Charged is { } charged && charged != balances + spent - back)
        {
            yield return new(Id, $"{charged} won were charged; {balances} are in the wallets, {spent} were paid and {back} refunded");
        }
    }

    /// <summary>Totals of a ledger, each as a positive number of won.</summary>
    public static (long Charged, long Paid, long Refunded) Sums(IEnumerable<LedgerFact> ledger)
    {
        var (charged, paid, refunded) = (0L, 0L, 0L);
        foreach (var entry in ledger)
        {
            switch (entry.Kind)
            {
                case EntryKind.Charge: charged += entry.Amount; break;
                case EntryKind.Payment: paid -= entry.Amount; break;
                case EntryKind.Refund: refunded += entry.Amount; break;
            }
        }

        return (charged, paid, refunded);
    }

    /// <summary>For each reservation the ledger moved what its payments say.</summary>
    private static IEnumerable<BrokenPromise> Payments(string userId, IReadOnlyCollection<LedgerFact> ledger, IReadOnlyCollection<PaymentFact> payments)
    {
        var moved = new Dictionary<string, (long Paid, long Refunded)>(StringComparer.Ordinal);
        foreach (var entry in ledger)
        {
            if (entry.Kind != EntryKind.Charge)
            {
                var (paid, refunded) = moved.GetValueOrDefault(entry.Reference);
                moved[entry.Reference] = entry.Kind == EntryKind.Payment ? (paid - entry.Amount, refunded) : (paid, refunded + entry.Amount);
            }
        }

        foreach (var payment in payments)
        {
            if (payment.IsDebited)
            {
                var (paid, refunded) = moved.GetValueOrDefault(payment.ReservationId);
                moved[payment.ReservationId] = (paid - payment.Amount, refunded - (payment.Refund ?? 0));
            }
        }

        foreach (var (reservation, (paid, refunded)) in moved)
        {
            if (paid != 0 || refunded != 0)
            {
                yield return new(Id, $"{userId}: for {reservation} the ledger has {paid} won more paid and {refunded} more refunded than the payments");
            }
        }
    }
}
