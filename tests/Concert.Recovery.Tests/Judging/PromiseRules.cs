using Concert.Recovery.Tests.Load;

namespace Concert.Recovery.Tests.Judging;

/// <summary>F1 and L3: what was accepted is there and over, what was read was not taken back, and a key had one effect.</summary>
internal static class PromiseRules
{
    private static readonly HashSet<(string, string)> Moves =
    [
        ("PENDING", "HELD"), ("PENDING", "REJECTED"), ("HELD", "PAYING"), ("PAYING", "CONFIRMED"), ("PAYING", "HELD"),
        ("CONFIRMED", "CANCELLED"), ("HELD", "EXPIRED"), ("HELD", "CANCELLED"),
    ];

    private static readonly HashSet<string> Final = ["REJECTED", "CONFIRMED", "CANCELLED", "EXPIRED"];

    public static IEnumerable<string> Faults(Evidence evidence)
    {
        var byId = evidence.Reservations.DistinctBy(r => r.Id).ToDictionary(r => r.Id);
        var payments = evidence.Payments.DistinctBy(p => p.Id).ToDictionary(p => p.Id);
        return
        [
            .. evidence.Reservations.Where(r => !Final.Contains(r.View.Status)).Select(r => $"F1 {r.Id} is still {r.View.Status}"),
            .. evidence.Reservations.Where(r => !IsLegal(r.View)).Select(r => $"states: {r.Id} went {Line(r.View.History)} and shows {r.View.Status}"),
            .. evidence.Payments.Where(p => p.Status == "PENDING").Select(p => $"F1 payment {p.Id} is still PENDING"),
            .. evidence.Facts.Requests.Where(r => r.Id is not null).SelectMany(r => Kept(r, byId, payments)),
            .. evidence.Facts.Users.SelectMany(user => OneEffect(user, evidence)),
            .. evidence.Schedules.Where(s => s.Report.GetProperty("deadLetters").GetInt64() > 0).Select(s => $"F1 dead letters in {s.Schedule.Id}"),
        ];
    }

    private static IEnumerable<string> Kept(RequestFact request, Dictionary<string, FinalReservation> byId, Dictionary<string, FinalPayment> payments)
    {
        if (!byId.TryGetValue(request.Id!, out var final))
        {
            yield return $"F1 {request.Id} was accepted and is not on its user's list";
            yield break;
        }

        foreach (var seen in request.Seen.Where(seen => seen.Status != "PENDING" && !seen.History.SequenceEqual(final.View.History.Take(seen.History.Count))))
        {
            yield return $"taken back: {request.Id} was read as {Line(seen.History)} and is {Line(final.View.History)}";
        }

        // A request that was waiting when it was asked to be cancelled may have been refused, or over, by the time of the cancellation.
        if (request.CancelAccepted && final.View.Status is not ("CANCELLED" or "EXPIRED" or "REJECTED"))
        {
            yield return $"F1 the cancellation of {request.Id} was accepted and it is {final.View.Status}";
        }

        foreach (var payment in request.Payments.Where(p => p.Id is not null))
        {
            if (!payments.TryGetValue(payment.Id!, out var end))
            {
                yield return $"F1 payment {payment.Id} was accepted and is not on its user's list";
            }
            else if (!Follows([.. payment.Seen, end.Status]))
            {
                yield return $"taken back: payment {payment.Id} was read as {string.Join(' ', payment.Seen.Distinct())} and is {end.Status}";
            }
        }
    }

    /// <summary>A user has no reservation or payment but those that were asked for, and only one a key.</summary>
    private static IEnumerable<string> OneEffect(UserFacts user, Evidence evidence)
    {
        var mine = evidence.Reservations.Where(r => r.UserId == user.Id).ToList();
        var known = user.Requests.Select(r => r.Id).OfType<string>().ToHashSet();
        // Only a request without a key can have had an effect that nobody was told of.
        var unknown = user.Requests.Count(r => r is { Id: null, Refusal: null, Key: null });
        var untold = mine.Count(r => !known.Contains(r.Id));
        if (untold > unknown || mine.Count != mine.DistinctBy(r => r.Id).Count())
        {
            yield return $"L3 {user.Id} has {mine.Count} reservations, was told of {known.Count} and does not know of at most {unknown}";
        }

        foreach (var refused in user.Requests.Where(r => r is { Refusal: not null, Key: null } && r.Id is not null))
        {
            yield return $"L3 {refused.Id} was refused and accepted";
        }
    }

    private static bool IsLegal(ReservationSeen view)
    {
        var history = view.History;
        return history.Count > 0 && history[0].Status == "PENDING" && history[^1].Status == view.Status
            && history.Zip(history.Skip(1)).All(step => Moves.Contains((step.First.Status, step.Second.Status)));
    }

    private static bool Follows(IReadOnlyList<string> statuses) =>
        statuses.Zip(statuses.Skip(1)).All(step => step.First == step.Second || Rank(step.First) < Rank(step.Second)) && !(statuses.Contains("FAILED") && statuses[^1] != "FAILED");

    private static int Rank(string status) => status switch { "PENDING" => 0, "COMPLETED" or "FAILED" => 1, _ => 2 };

    private static string Line(IReadOnlyList<HistoryLine> history) =>
        string.Join(" → ", history.Select(line => $"{line.Status}{(line.Reason is null ? "" : $"({line.Reason})")}@{line.At:mm:ss.fff}"));
}
