namespace Concert.Testing.Promises;

/// <summary>F1: once faults stop, every accepted command ends in a final state, nothing accepted disappears and no seat stays stuck.</summary>
public static class NothingStuck
{
    public const string Id = "F1";

    /// <summary>Whether something is still to happen to it once nobody does anything.</summary>
    public static bool IsUnsettled(ReservationFact reservation) =>
        reservation.Status is Status.Pending or Status.Held or Status.Paying || reservation.IsCancelling;

    public static IEnumerable<BrokenPromise> Ended(SaleEvidence sale) =>
    [
        .. sale.Reservations.Where(r => IsUnsettled(r) && !(sale.HoldsMayRun && r is { Status: Status.Held, IsCancelling: false }))
            .Select(r => Broken($"{r.Id} is {r.Status}{(r.IsCancelling ? " and being cancelled" : "")} for ever")),
        .. sale.Payments.Where(p => p.Status == Status.Pending).Select(p => Broken($"Payment {p.Id} is {p.Status} for ever")),
        .. sale.Places.Where(p => p.DeadLetters > 0).Select(p => Broken($"{p.Id} has {p.DeadLetters} dead letters")),
        .. sale.Waiting > 0 ? [Broken($"{sale.Waiting} commands still wait")] : Array.Empty<BrokenPromise>(),
    ];

    /// <summary>What was accepted is there, and did what it should. Needs requests.</summary>
    public static IEnumerable<BrokenPromise> Kept(SaleEvidence sale)
    {
        foreach (var missing in sale.Missing)
        {
            yield return Broken($"{missing} was accepted and is not shown to its user");
        }

        var missed = sale.Missing.ToHashSet(StringComparer.Ordinal);
        var ends = sale.Reservations.DistinctBy(r => r.Id, StringComparer.Ordinal).ToDictionary(r => r.Id, StringComparer.Ordinal);
        var payments = sale.Payments.Select(p => p.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var request in sale.Requests ?? [])
        {
            if (request.Id is { } id && !ends.ContainsKey(id) && !missed.Contains(id))
            {
                yield return Broken($"{id} was accepted and {request.UserId} has it not");
            }

            // Late for one that was refused or over by then; it must not stand as if nothing had been asked.
            if (request.CancelStands && ends.GetValueOrDefault(request.Id ?? "") is { Status: not (Status.Cancelled or Status.Expired or Status.Rejected) } end)
            {
                yield return Broken($"The cancellation of {end.Id} was accepted and it is {end.Status}");
            }

            if (ends.GetValueOrDefault(request.Id ?? "") is { IsLive: true } kept)
            {
                var back = kept.Parts.SelectMany(p => p.Seats).ToHashSet(StringComparer.Ordinal);
                if (request.PartsStand.Any(p => p.Seats.Any(seat => !back.Contains(seat))) || request.PartsStand.Sum(p => p.Seats.Count > 0 ? 0 : p.Places) > kept.Parts.Sum(p => p.Places))
                {
                    yield return Broken($"The cancellation of parts of {kept.Id} was accepted and it is {kept.Status} with [{string.Join(' ', kept.Seats)}] {kept.Places}");
                }
            }

            foreach (var payment in request.Payments)
            {
                if (payment.Id is { } paid && !payments.Contains(paid) && !missed.Contains(paid))
                {
                    yield return Broken($"Payment {paid} was accepted and {request.UserId} has it not");
                }
            }
        }
    }

    /// <summary>Everybody was answered.</summary>
    public static IEnumerable<BrokenPromise> Answered(SaleEvidence sale) => sale.Unanswered.Select(u => Broken($"no answer: {u}"));

    private static BrokenPromise Broken(string detail) => new(Id, detail);
}
