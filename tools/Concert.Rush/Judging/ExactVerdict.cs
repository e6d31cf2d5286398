using System.Globalization;
using Concert.Rush.Observation;
using Concert.Rush.Options;

namespace Concert.Rush.Judging;

/// <summary>Exactly the right number was sold: nobody was refused what nobody had.</summary>
public static class ExactVerdict
{
    private const string Name = "Exactly the right number";
    private const string Rules = "S1 S4 F1";
    private static readonly HashSet<string> FairRefusals = ["seat-taken", "sold-out"];

    public static Verdict RightNumber(DrillEvidence evidence) => evidence.Scenario switch
    {
        Scenario.Wallet => Wallet(evidence),
        Scenario.Carts => Carts(evidence),
        Scenario.Best => Best(evidence),
        Scenario.CallOff => CallOffVerdict.EverythingIsBack(evidence),
        _ => SingleSeats(evidence),
    };

    /// <summary>Every seat somebody wanted was won by one of those who wanted it; with a barrier by exactly one.</summary>
    private static Verdict SingleSeats(DrillEvidence evidence)
    {
        var faults = Unfair(evidence);
        var wanted = evidence.Asks.SelectMany(a => a.Seats).ToHashSet();
        var won = evidence.Asks.Where(a => a.WasHeld).SelectMany(a => a.Seats).ToList();
        var never = wanted.Except(won).ToList();
        if (never.Count > 0)
        {
            faults.Add($"{never.Count} seats went to nobody, {never[0]} among them");
        }

        var refused = evidence.Asks.Count(a => a.RefusedBecause is not null);
        if (evidence.Barrier is { EveryHoldStillRan: true } barrier)
        {
            if (won.Count != wanted.Count)
            {
                faults.Add($"{won.Count} holds for {wanted.Count} seats wanted");
            }

            if (barrier.Held != wanted.Count || barrier.Sold != 0)
            {
                faults.Add($"the report said held {barrier.Held} and sold {barrier.Sold} when {wanted.Count} seats were decided");
            }
        }

        return Verdict.From(Name, Rules, faults, $"{won.Count:N0} held, {refused:N0} refused, for {wanted.Count:N0} seats and {evidence.Asks.Count:N0} buyers");
    }

    private static Verdict Carts(DrillEvidence evidence)
    {
        var faults = Unfair(evidence);
        var won = evidence.Asks.Count(a => a.WasHeld);
        if (won == 0)
        {
            faults.Add("nobody got a cart");
        }

        if (evidence.Barrier is { EveryHoldStillRan: true } barrier && barrier.Held != won * RushOptions.CartSize)
        {
            faults.Add($"the report said held {barrier.Held} when {won} carts of {RushOptions.CartSize} were held");
        }

        return Verdict.From(Name, Rules, faults, $"{won:N0} whole carts held, {evidence.Asks.Count - won:N0} refused");
    }

    /// <summary>Everybody who can be seated is, for they lose no race to each other.</summary>
    private static Verdict Best(DrillEvidence evidence)
    {
        var faults = Unfair(evidence);
        var won = evidence.Asks.Count(a => a.WasHeld);
        var seated = Math.Min(evidence.Asks.Count, evidence.Fours);

        // Where others cancel meanwhile there are more to be had.
        if (won < seated || (evidence.Barrier is { EveryHoldStillRan: true } && won != seated))
        {
            faults.Add($"{won} were seated of {seated} who could be");
        }

        if (evidence.Barrier is { EveryHoldStillRan: true } barrier && barrier.Held != won * RushOptions.CartSize)
        {
            faults.Add($"the report said held {barrier.Held} when {won} fours were held");
        }

        var together = evidence.Sale.Reservations.Count(r => r.Seats.Count == RushOptions.CartSize && AreSideBySide(r));
        return Verdict.From(Name, Rules, faults, $"{won:N0} fours held, {together:N0} of them side by side, {evidence.Asks.Count - won:N0} refused");
    }

    private static bool AreSideBySide(ReservationFact reservation)
    {
        var numbers = reservation.Seats.Select(seat => int.Parse(seat[(seat.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture)).Order().ToList();
        return numbers[^1] - numbers[0] == numbers.Count - 1;
    }

    private static Verdict Wallet(DrillEvidence evidence)
    {
        var faults = evidence.Asks.Where(a => a.RefusedBecause is not null).Select(a => $"{a.ReservationId ?? a.UserId} refused: {a.RefusedBecause}").ToList();
        var payments = evidence.Sale.Payments.Count(p => p.IsDebited);
        var charges = evidence.Sale.Wallets.Sum(w => w.Ledger?.Count(e => e.Kind == EntryKind.Charge) ?? 0);
        if (payments != evidence.ExpectedUses)
        {
            var reasons = evidence.PaymentAttempts.Select(p => p.Refusal ?? p.Reason).OfType<string>().Distinct();
            faults.Add($"{payments} payments of {evidence.ExpectedUses} {string.Join(' ', reasons)}".TrimEnd());
        }

        if (charges != evidence.ExpectedCharges)
        {
            faults.Add($"{charges} charges in the ledger of {evidence.ExpectedCharges}");
        }

        return Verdict.From(Name, "L1 L3", faults, $"{charges:N0} charges and {payments:N0} payments, each counted once");
    }

    private static List<string> Unfair(DrillEvidence evidence) =>
    [
        .. evidence.Asks.Select(a => a.RefusedBecause).OfType<string>().Where(r => !FairRefusals.Contains(r)).GroupBy(r => r)
            .Select(r => $"{r.Count()} refused because of {r.Key}"),
    ];
}
