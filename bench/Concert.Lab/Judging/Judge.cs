using Concert.Lab.Works;

namespace Concert.Lab.Judging;

/// <summary>Whether a round kept every promise, and if not, in one phrase what was lost.</summary>
internal sealed record Verdict(bool IsCorrect, string Text)
{
    public static readonly Verdict Correct = new(true, "correct");
}

/// <summary>The same checks for every way: what was answered against what is stored.</summary>
internal static class Judge
{
    /// <param name="work">What was asked.</param>
    /// <param name="answers">One for each operation, in their order.</param>
    /// <param name="evidence">What is stored.</param>
    /// <param name="picks">The way chooses seats itself, so that any will do.</param>
    public static Verdict Of(Work work, IReadOnlyList<Answer> answers, Evidence evidence, bool picks = false)
    {
        var faults = work.Kind switch
        {
            OperationKind.Wallet => OfWallet(work, answers, evidence),
            OperationKind.Seats => OfSeats(work, answers, evidence, picks),
            _ => OfPlaces(work, answers, evidence),
        };
        List<string> found = [.. faults];
        return found.Count == 0 ? Verdict.Correct : new Verdict(false, string.Join("; ", found));
    }

    private static IEnumerable<string> OfWallet(Work work, IReadOnlyList<Answer> answers, Evidence evidence)
    {
        var entries = evidence.Ledger.ToLookup(entry => entry.Operation);
        var done = answers.Count(answer => answer == Answer.Done);
        var missing = work.Operations.Zip(answers).Count(pair => pair.Second == Answer.Done && !entries.Contains(pair.First.Id));
        var overwritten = Math.Max(0, evidence.Ledger.Count - evidence.Changes);
        if (missing + overwritten > 0)
        {
            yield return $"lost {missing + overwritten:N0} of {done:N0}";
        }

        if (entries.Count(some => some.Count() > 1) is > 0 and var twice)
        {
            yield return $"{twice:N0} booked twice";
        }

        if (work.Operations.Count(operation => entries[operation.Id].Any(entry => entry.Amount != operation.Amount)) is > 0 and var wrong)
        {
            yield return $"{wrong:N0} entries of another amount";
        }

        if (work.Operations.Zip(answers).Count(pair => pair.Second == Answer.Refused) is > 0 and var refused)
        {
            yield return $"{refused:N0} refused for nothing";
        }

        // An overwritten change makes these differ by itself, which need not be said twice.
        var sum = work.OpeningBalance + evidence.Ledger.Sum(entry => entry.Amount);
        if (overwritten == 0 && (sum != evidence.Balance || evidence.Changes != evidence.Ledger.Count))
        {
            yield return $"balance {evidence.Balance:N0} after {evidence.Changes:N0} changes, ledger {sum:N0} after {evidence.Ledger.Count:N0}";
        }

        if (evidence.Balance < 0)
        {
            yield return $"balance {evidence.Balance:N0}";
        }
    }

    private static IEnumerable<string> OfSeats(Work work, IReadOnlyList<Answer> answers, Evidence evidence, bool picks)
    {
        var claims = evidence.Reservations.SelectMany(reservation => reservation.Seats.Select(seat => (Seat: seat, reservation.Operation)))
            .ToLookup(claim => claim.Seat, claim => claim.Operation);
        var (sold, extra) = (claims.Count, claims.Sum(some => some.Count() - 1));
        if (extra > 0)
        {
            yield return $"{sold + extra:N0} owners of {sold:N0} {(sold == 1 ? "seat" : "seats")}";
        }

        foreach (var fault in OfReservations(work, answers, evidence))
        {
            yield return fault;
        }

        // With two owners only one of them can be named.
        var unnamed = claims.Count(some => !evidence.Owners.TryGetValue(some.Key, out var owner) || !some.Contains(owner));
        if (unnamed + evidence.Owners.Keys.Count(seat => !claims.Contains(seat)) is > 0 and var apart)
        {
            yield return $"{apart:N0} seats and reservations disagree";
        }

        var asked = work.Operations.ToDictionary(operation => operation.Id, operation => operation.Seats);
        if (evidence.Reservations.Where(r => r.Operation != Reservation.Unheard).Count(r => picks ? r.Seats.Length != asked[r.Operation].Length : !r.Seats.Order().SequenceEqual(asked[r.Operation].Order()))
            is > 0 and var partial)
        {
            yield return $"{partial:N0} with other seats than asked for";
        }

        if (work.Operations.Zip(answers).Count(pair => pair.Second == Answer.Refused
                && (picks ? sold < work.SeatCount : pair.First.Seats.All(seat => !evidence.Owners.ContainsKey(seat)))) is > 0 and var forNothing)
        {
            yield return $"{forNothing:N0} refused for nothing";
        }
    }

    private static IEnumerable<string> OfPlaces(Work work, IReadOnlyList<Answer> answers, Evidence evidence)
    {
        var held = evidence.Reservations.Count;
        if (held > work.Capacity)
        {
            yield return $"sold {held:N0} of {work.Capacity:N0} places";
        }

        foreach (var fault in OfReservations(work, answers, evidence))
        {
            yield return fault;
        }

        if (evidence.Taken != held)
        {
            yield return $"{evidence.Taken:N0} counted, {held:N0} reserved";
        }

        if (evidence.Reservations.SelectMany(r => r.Seats).GroupBy(seat => seat).Sum(some => some.Count() - 1) is > 0 and var extra)
        {
            yield return $"{extra:N0} places with a second owner";
        }

        if (answers.Contains(Answer.Refused) && held < work.Capacity)
        {
            yield return $"{work.Capacity - held:N0} places left and somebody refused";
        }
    }

    private static IEnumerable<string> OfReservations(Work work, IReadOnlyList<Answer> answers, Evidence evidence)
    {
        var reservations = evidence.Reservations.ToLookup(reservation => reservation.Operation);
        var pairs = work.Operations.Zip(answers).ToList();
        if (pairs.Count(pair => pair.Second == Answer.Done && !reservations.Contains(pair.First.Id)) is > 0 and var lost)
        {
            yield return $"lost {lost:N0} of {answers.Count(answer => answer == Answer.Done):N0}";
        }

        if (pairs.Count(pair => pair.Second == Answer.Refused && reservations.Contains(pair.First.Id)) is > 0 and var made)
        {
            yield return $"{made:N0} refused and held all the same";
        }

        if (reservations.Count(some => some.Key != Reservation.Unheard && some.Count() > 1) is > 0 and var twice)
        {
            yield return $"{twice:N0} reserved twice";
        }
    }
}
