using Concert.Rush.Observation;

namespace Concert.Rush.Judging;

/// <summary>After a call-off nobody has a place, everybody has everything back, and nothing was sold any more.</summary>
public static class CallOffVerdict
{
    /// <summary>Instances know of a change within this, and their clocks differ a little.</summary>
    private static readonly TimeSpan KnownEverywhere = TimeSpan.FromSeconds(5);

    /// <summary>Refusals that a call-off makes fair.</summary>
    public static IReadOnlySet<string> FairRefusals { get; } = new HashSet<string>(StringComparer.Ordinal) { "seat-taken", "sold-out", "booking-closed" };

    public static Verdict EverythingIsBack(DrillEvidence evidence)
    {
        var sale = evidence.Sale;
        var faults = evidence.Asks.Select(a => a.RefusedBecause).OfType<string>().Where(r => !FairRefusals.Contains(r)).GroupBy(r => r)
            .Select(r => $"{r.Count()} refused because of {r.Key}").ToList();
        if (evidence.CallOff is not { Readings: [.., var last] } callOff)
        {
            return Verdict.From("Everybody has everything back", "L4 F1", [.. faults, "it was never called off"], "");
        }

        if (last.Progress is not { FinishedAt: not null, Left: 0 } || last.Progress.Total != last.Progress.Ended + last.Progress.Refunded)
        {
            faults.Add($"the report says {last.Progress}");
        }

        faults.AddRange(sale.Reservations.Where(r => r.IsLive).Select(r => $"{r.Id} is still {r.Status}"));
        faults.AddRange(sale.Reservations.Where(r => r.Was(Status.Confirmed) && r.Refund != r.PaidTotal).Select(r => $"{r.Id}: {r.Refund ?? 0} back of {r.PaidTotal}"));
        faults.AddRange(sale.Payments.Where(p => p.Status == Status.Completed).Select(p => $"payment {p.Id} was not given back"));
        faults.AddRange(sale.Wallets.Where(w => w.Ledger is not null && w.Balance != w.Ledger.Where(e => e.Kind == EntryKind.Charge).Sum(e => e.Amount))
            .Select(w => $"{w.UserId} has {w.Balance} of what was charged"));
        var closed = (callOff.At + KnownEverywhere).ToUnixTimeMilliseconds();
        faults.AddRange(sale.Reservations
            .Where(r => r.History.FirstOrDefault(h => h.Status == Status.Held).At > closed || r.History.Any(h => h.Status == Status.Paying && h.At > closed))
            .Select(r => $"{r.Id} was sold when it was called off"));
        return Verdict.From(
            "Everybody has everything back", "L4 F1", faults,
            $"{last.Progress.Ended:N0} holds ended and {last.Progress.Refunded:N0} payments given back, {last.Progress.RefundedAmount:N0} won, in {last.After.TotalSeconds:N0} s");
    }
}
