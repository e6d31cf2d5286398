using Concert.Rush.Observation;

namespace Concert.Rush.Judging;

/// <summary>Nobody is refused without a reason: what the drill knows beyond the promises, because it sees to it that wallets cover every payment.</summary>
public static class FairVerdict
{
    /// <summary>Of a sale that is called off: what is closed, and what has ended by itself.</summary>
    private static readonly string[] WhenCalledOff = ["booking-closed", "not-cancellable"];

    /// <summary>Wallets covered every payment and nothing was due: the only fair refusals are those of a hold that had ended.</summary>
    public static Verdict NothingRefusedWithoutReason(DrillEvidence evidence)
    {
        var payments = evidence.PaymentAttempts
            .Select(p => (p.ReservationId, Reason: p.Refusal ?? (p.Outcome == Status.Failed ? p.Reason ?? "no-reason" : null)))
            .Where(p => p.Reason is not (null or "hold-expired") && !(evidence.CallOff is not null && WhenCalledOff.Contains(p.Reason)))
            .Select(p => new BrokenPromise(SoldMeansPaid.Id, $"payment of {p.ReservationId} refused: {p.Reason}"));
        var cancels = evidence.Cancels
            .Where(c => c.Refusal is not (null or "not-cancellable" or "hold-expired"))
            .Select(c => new BrokenPromise(SoldMeansPaid.Id, $"cancel of {c.ReservationId} refused: {c.Refusal}"));
        return Verdict.From(
            "Payments and cancellations succeeded", "S2", payments.Concat(cancels), $"{evidence.PaymentAttempts.Count:N0} payments, {evidence.Cancels.Count:N0} cancels asked for");
    }
}
