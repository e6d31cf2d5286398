using Concert.Rush.Observation;

namespace Concert.Rush.Judging;

/// <summary>F1: nothing accepted disappears, and nothing refused leaves a trace.</summary>
public static class LostVerdicts
{
    /// <summary>Every step of every buyer got an answer, retries included.</summary>
    public static Verdict EveryAnswerCame(Evidence evidence) =>
        Verdict.From("Every buyer was answered", "F1", [.. evidence.Unanswered.Select(u => $"no answer: {u}")], $"{evidence.Asks.Count:N0} requests answered");

    /// <summary>Every accepted reservation, payment and cancellation can be read by its user and has come to an end.</summary>
    public static Verdict EveryAcceptedRequestHasAnOutcome(Evidence evidence)
    {
        var faults = evidence.Unreadable.Select(id => $"not readable: {id}").ToList();
        var read = evidence.Reservations.DistinctBy(r => r.Id).ToDictionary(r => r.Id);
        var accepted = evidence.Asks.Where(a => a.Accepted).Select(a => a.ReservationId!).ToList();
        faults.AddRange(accepted.Except(read.Keys).Except(evidence.Unreadable).Select(id => $"never read: {id}"));
        faults.AddRange(evidence.Reservations.Where(r => !r.IsFinal).Select(r => $"{r.Id} is still {r.Status}"));
        var payments = evidence.PaymentAttempts.Select(p => p.PaymentId).OfType<string>().ToList();
        faults.AddRange(payments.Except(evidence.Payments.Select(p => p.Id)).Except(evidence.Unreadable).Select(id => $"never read: {id}"));
        faults.AddRange(evidence.Payments.Where(p => !p.IsFinal).Select(p => $"payment {p.Id} is still {p.Status}"));
        var cancels = evidence.Cancels.Where(c => c.Accepted).ToList();
        faults.AddRange(cancels
            .Where(c => read.TryGetValue(c.ReservationId, out var r) && r.Status is not (Status.Cancelled or Status.Expired))
            .Select(c => $"cancel of {c.ReservationId} was accepted and it is {read[c.ReservationId].Status}"));
        return Verdict.From(
            "Nothing accepted was lost", "F1", faults, $"{accepted.Count:N0} reservations, {payments.Count:N0} payments, {cancels.Count:N0} cancellations came to an end");
    }

    /// <summary>
    /// Users have no reservation but those they were promised. After an unanswered request there may be one: its effect is unknown.
    /// </summary>
    public static Verdict RefusalsLeftNothing(Evidence evidence)
    {
        var unsure = evidence.Unanswered.Select(u => u.Split(' ')[0]).ToHashSet();
        var faults = evidence.Reservations
            .Where(r => r.Unasked && r.Status != Status.Rejected && !unsure.Contains(r.UserId))
            .Select(r => $"{r.UserId} has {r.Id} ({r.Status}) without an acceptance");
        return Verdict.From("Refusals left nothing behind", "L3", [.. faults], $"{evidence.Asks.Count(a => a.Refusal is not null):N0} refused at once");
    }
}
