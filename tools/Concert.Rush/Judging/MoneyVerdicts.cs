using Concert.Rush.Observation;

namespace Concert.Rush.Judging;

/// <summary>S2, L1, L2, L4: to the won.</summary>
public static class MoneyVerdicts
{
    /// <summary>A confirmed reservation has exactly one completed payment of its amount, and the other way round.</summary>
    public static Verdict SoldMeansPaidOnce(Evidence evidence)
    {
        var debits = evidence.Payments.Where(p => p.Debited).ToLookup(p => p.ReservationId);
        var reservations = evidence.Reservations.DistinctBy(r => r.Id).ToDictionary(r => r.Id);
        var faults = new List<string>();
        var unsure = evidence.Unanswered.Select(u => u.Split(' ')[0]).ToHashSet();
        foreach (var sold in evidence.Reservations.Where(r => r is { Status: Status.Confirmed, Unasked: false } && !unsure.Contains(r.UserId)))
        {
            var paid = debits[sold.Id].ToList();
            if (paid.Count != 1 || paid[0].Status != Status.Completed || paid[0].Amount != sold.TotalAmount)
            {
                faults.Add($"{sold.Id} is sold for {sold.TotalAmount} with payments [{string.Join(", ", paid.Select(p => $"{p.Amount} {p.Status}"))}]");
            }
        }

        faults.AddRange(evidence.Payments
            .Where(p => p.Status == Status.Completed && reservations.TryGetValue(p.ReservationId, out var r) && r.Status != Status.Confirmed)
            .Select(p => $"{p.Id} is completed and its reservation {reservations[p.ReservationId].Status}"));
        return Verdict.From("Sold means paid once", "S2", faults, $"{evidence.Payments.Count(p => p.Debited):N0} payments, {debits.Count:N0} reservations paid");
    }

    /// <summary>Wallets covered every payment and nothing was due: the only fair refusals are those of a hold that had ended.</summary>
    public static Verdict NothingRefusedWithoutReason(Evidence evidence)
    {
        var payments = evidence.PaymentAttempts
            .Select(p => (p.ReservationId, Reason: p.Refusal ?? (p.Outcome == Status.Failed ? p.Reason ?? "no-reason" : null)))
            .Where(p => p.Reason is not (null or "hold-expired"))
            .Select(p => $"payment of {p.ReservationId} refused: {p.Reason}");
        var cancels = evidence.Cancels
            .Where(c => c.Refusal is not (null or "not-cancellable" or "hold-expired"))
            .Select(c => $"cancel of {c.ReservationId} refused: {c.Refusal}");
        return Verdict.From(
            "Payments and cancels went through", "S2", [.. payments, .. cancels], $"{evidence.PaymentAttempts.Count:N0} payments, {evidence.Cancels.Count:N0} cancels asked for");
    }

    /// <summary>Each wallet's entries sum up to its balance, step by step, and never go below zero.</summary>
    public static Verdict LedgersAddUp(Evidence evidence)
    {
        var faults = new List<string>();
        foreach (var wallet in evidence.Wallets)
        {
            if (wallet.LedgerSum != wallet.Balance)
            {
                faults.Add($"{wallet.UserId}: entries sum to {wallet.LedgerSum}, balance {wallet.Balance}");
            }
            else if (!wallet.ChainHolds)
            {
                faults.Add($"{wallet.UserId}: a balanceAfter is not the one before plus the amount");
            }

            if (wallet.LowestBalance < 0 || wallet.Balance < 0)
            {
                faults.Add($"{wallet.UserId}: the balance went down to {Math.Min(wallet.LowestBalance, wallet.Balance)}");
            }
        }

        return Verdict.From("Ledgers add up", "L1", faults, $"{evidence.Wallets.Count:N0} wallets, balance {evidence.Wallets.Sum(w => w.Balance):N0} won");
    }

    /// <summary>Charges are balances plus payments less refunds; and entries are what the service had answered, wallet by wallet.</summary>
    public static Verdict NothingMadeUp(Evidence evidence)
    {
        var faults = new List<string>();
        var debits = evidence.Payments.Where(p => p.Debited).ToLookup(p => p.UserId);
        var refunds = evidence.Reservations.Where(r => r.RefundAmount > 0).ToLookup(r => r.UserId);
        var unsure = evidence.Unanswered.Select(u => u.Split(' ')[0]).ToHashSet();
        foreach (var wallet in evidence.Wallets.Where(w => !unsure.Contains(w.UserId)))
        {
            Compare(wallet, "charges", wallet.Charges, wallet.Charged, wallet.ChargesHere, wallet.ChargedHere);
            Compare(wallet, "payments", wallet.Payments, wallet.Paid, debits[wallet.UserId].Count(), debits[wallet.UserId].Sum(p => p.Amount));
            Compare(wallet, "refunds", wallet.Refunds, wallet.Refunded, refunds[wallet.UserId].Count(), refunds[wallet.UserId].Sum(r => r.RefundAmount ?? 0));
        }

        var charged = evidence.Wallets.Sum(w => w.Charged);
        var accounted = evidence.Wallets.Sum(w => w.Balance + w.Paid - w.Refunded);
        if (charged != accounted)
        {
            faults.Add($"charges {charged} are not balances + payments - refunds {accounted}");
        }

        return Verdict.From(
            "No won lost or made up", "L2 L3", faults,
            $"{charged:N0} charged = balances + {evidence.Wallets.Sum(w => w.Paid):N0} paid - {evidence.Wallets.Sum(w => w.Refunded):N0} refunded");

        void Compare(WalletFact wallet, string what, int entries, long amount, int answered, long answeredAmount)
        {
            if (entries != answered || amount != answeredAmount)
            {
                faults.Add($"{wallet.UserId}: {entries} {what} of {amount} in the ledger, {answered} of {answeredAmount} answered");
            }
        }
    }

    /// <summary>No refund is larger than what was paid.</summary>
    public static Verdict RefundsWithinPayments(Evidence evidence)
    {
        var paid = evidence.Payments.Where(p => p.Debited).ToLookup(p => p.ReservationId);
        var refunded = evidence.Reservations.Where(r => r.RefundAmount is not (null or 0) && !r.Unasked).ToList();
        var faults = refunded
            .Where(r => r.RefundAmount < 0 || r.RefundAmount > paid[r.Id].Sum(p => p.Amount))
            .Select(r => $"{r.Id}: {r.RefundAmount} back of {paid[r.Id].Sum(p => p.Amount)}");
        return Verdict.From("Refunds within payments", "L4", [.. faults], $"{refunded.Count:N0} refunds, {refunded.Sum(r => r.RefundAmount ?? 0):N0} won");
    }

    /// <summary>The report's money is what buyers paid and got back.</summary>
    public static Verdict ReportedMoney(Evidence evidence)
    {
        var scheduleOf = evidence.Reservations.DistinctBy(r => r.Id).ToDictionary(r => r.Id, r => r.ScheduleId);
        var paid = evidence.Payments.Where(p => p.Debited).ToLookup(p => scheduleOf.GetValueOrDefault(p.ReservationId));
        var refunded = evidence.Reservations.ToLookup(r => r.ScheduleId);
        var faults = new List<string>();
        foreach (var schedule in evidence.Schedules)
        {
            var (spent, back) = (paid[schedule.Id].Sum(p => p.Amount), refunded[schedule.Id].Sum(r => r.RefundAmount ?? 0));
            if (schedule.Paid != spent || schedule.Refunded != back)
            {
                faults.Add($"{schedule.Id}: the report says paid {schedule.Paid}, refunded {schedule.Refunded}; buyers saw {spent} and {back}");
            }
        }

        return Verdict.From(
            "Report's money agrees", "L2", faults, $"paid {evidence.Schedules.Sum(s => s.Paid):N0}, refunded {evidence.Schedules.Sum(s => s.Refunded):N0}");
    }
}
