using Concert.Recovery.Tests.Load;

namespace Concert.Recovery.Tests.Judging;

/// <summary>S2 and L1–L4, to the won.</summary>
internal static class MoneyRules
{
    public static IEnumerable<string> Faults(Evidence evidence) =>
        [.. evidence.Wallets.SelectMany(Adds), .. evidence.Wallets.SelectMany(Keeps), .. evidence.Wallets.SelectMany(Charges), .. Sales(evidence), .. Totals(evidence)];

    /// <summary>L1: each entry goes on from the one before, and the last one is the balance.</summary>
    private static IEnumerable<string> Adds(FinalWallet wallet)
    {
        var balance = 0L;
        foreach (var entry in wallet.Ledger)
        {
            balance += entry.Amount;
            if (entry.BalanceAfter != balance || balance < 0)
            {
                yield return $"L1 {wallet.User.Id}: after entry {entry.Id} the balance is {balance}, and it says {entry.BalanceAfter}";
            }
        }

        if (wallet.Balance != balance)
        {
            yield return $"L1 {wallet.User.Id}: the balance is {wallet.Balance}, and the ledger adds up to {balance}";
        }
    }

    /// <summary>What was once read in a ledger or as a balance is in it for good.</summary>
    private static IEnumerable<string> Keeps(FinalWallet wallet)
    {
        var entries = wallet.Ledger.ToHashSet();
        var balances = wallet.Ledger.Select(entry => entry.BalanceAfter).Append(0).ToHashSet();
        return
        [
            .. wallet.User.Ledger.Where(seen => !entries.Contains(seen)).Select(seen => $"taken back: {wallet.User.Id} read {seen}"),
            .. wallet.User.Balances.Where(seen => !balances.Contains(seen)).Select(seen => $"taken back: {wallet.User.Id} read a balance of {seen}"),
        ];
    }

    /// <summary>L3: an answered charge is in the ledger exactly once, with the balance it was answered with; another one at most once.</summary>
    private static IEnumerable<string> Charges(FinalWallet wallet)
    {
        var entries = wallet.Ledger.Where(entry => entry.Kind == "CHARGE").ToLookup(entry => entry.Amount);
        foreach (var charge in wallet.User.Charges)
        {
            var made = entries[charge.Amount].ToList();
            if (charge.Balance is not null ? made.Count != 1 || made[0].BalanceAfter != charge.Balance : made.Count > 1)
            {
                yield return $"L3 {wallet.User.Id}: a charge of {charge.Amount}, answered with {charge.Balance}, is in the ledger {made.Count} times";
            }
        }

        var asked = wallet.User.Charges.Select(charge => charge.Amount).ToHashSet();
        foreach (var strange in entries.Where(entry => !asked.Contains(entry.Key)))
        {
            yield return $"L3 {wallet.User.Id}: nobody charged {strange.Key}";
        }
    }

    /// <summary>S2 and L4: sold is paid once, cancelled is paid and refunded once, all else is not paid; payments and ledger say the same.</summary>
    private static IEnumerable<string> Sales(Evidence evidence)
    {
        var payments = evidence.Payments.Where(p => p.Status != "FAILED").ToLookup(p => p.ReservationId);
        var ledger = evidence.Wallets.SelectMany(w => w.Ledger).Where(entry => entry.Kind != "CHARGE").ToLookup(entry => entry.Reference);
        foreach (var reservation in evidence.Reservations)
        {
            var wasSold = reservation.View.History.Any(h => h.Status == "CONFIRMED");
            var expected = !wasSold ? "" : reservation.View.Status == "CONFIRMED" ? $"COMPLETED {reservation.Total} 0" : $"REFUNDED {reservation.Total} {reservation.Total}";
            var paid = string.Join(", ", payments[reservation.Id].Select(p => $"{p.Status} {p.Amount} {p.Refund}"));
            if (paid != expected)
            {
                yield return $"S2 {reservation.Id} is {reservation.View.Status} with payments [{paid}]";
            }

            var moved = string.Join(", ", ledger[reservation.Id].Select(entry => $"{entry.Kind} {entry.Amount}"));
            var expectedMoves = !wasSold ? "" : $"PAYMENT {-reservation.Total}" + (reservation.View.Status == "CONFIRMED" ? "" : $", REFUND {reservation.Total}");
            if (moved != expectedMoves)
            {
                yield return $"L4 {reservation.Id} is {reservation.View.Status} with entries [{moved}]";
            }
        }

        foreach (var strange in ledger.Select(entries => entries.Key).Except(evidence.Reservations.Select(r => r.Id)))
        {
            yield return $"L2 money moved for {strange}, which nobody has";
        }
    }

    /// <summary>L2, as the report has it.</summary>
    private static IEnumerable<string> Totals(Evidence evidence)
    {
        var entries = evidence.Wallets.SelectMany(w => w.Ledger).ToList();
        var charged = entries.Where(entry => entry.Kind == "CHARGE").Sum(entry => entry.Amount);
        var paid = -entries.Where(entry => entry.Kind == "PAYMENT").Sum(entry => entry.Amount);
        var refunded = entries.Where(entry => entry.Kind == "REFUND").Sum(entry => entry.Amount);
        (string Name, long Is, long Should)[] totals =
        [
            ("charged", evidence.Schedules[0].Report.GetProperty("charged").GetInt64(), charged),
            ("paid", evidence.Schedules.Sum(s => s.Report.GetProperty("paid").GetInt64()), paid),
            ("refunded", evidence.Schedules.Sum(s => s.Report.GetProperty("refunded").GetInt64()), refunded),
            ("charged, less payments, with refunds,", evidence.Wallets.Sum(w => w.Balance), charged - paid + refunded),
        ];
        return totals.Where(total => total.Is != total.Should).Select(total => $"L2 {total.Name} is {total.Is}, and the ledgers say {total.Should}");
    }
}
