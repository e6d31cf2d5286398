using Concert.Rush.Listening;
using Concert.Rush.Observation;

namespace Concert.Rush.Judging;

/// <summary>Every outcome arrived at the receiver, nothing arrived that did not happen, and each reservation's events came in their order.</summary>
public static class EventVerdict
{
    private const string Id = "webhooks";

    private static readonly (string Status, string Type)[] Told =
    [
        (Status.Held, "reservation.held"), (Status.Confirmed, "reservation.confirmed"), (Status.Cancelled, "reservation.cancelled"), (Status.Expired, "reservation.expired"),
    ];

    /// <summary>What a receiver must have heard of, by the histories of the reservations.</summary>
    public static IReadOnlyCollection<(string Reservation, string Type)> Expected(DrillEvidence evidence) =>
        [
            .. evidence.Sale.Reservations.DistinctBy(r => r.Id).SelectMany(r => Told.Where(t => r.Was(t.Status)).Select(t => (r.Id, t.Type))),
            .. evidence.CallOff is { } callOff ? [(callOff.ScheduleId, "schedule.called-off")] : Array.Empty<(string, string)>(),
        ];

    public static Verdict EveryOutcomeArrived(DrillEvidence evidence, IReadOnlyList<EventFact> events, IReadOnlyList<string> faults)
    {
        var expected = Expected(evidence);
        var firsts = events.DistinctBy(e => e.Id).ToList();
        var ours = evidence.Sale.Reservations.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        HashSet<(string, string)> got = [.. firsts.Select(e => (e.Reservation, e.Type))];
        BrokenPromise[] broken =
        [
            .. faults.Select(f => new BrokenPromise(Id, $"a request could not be read: {f}")),
            .. expected.Where(e => !got.Contains(e)).Select(e => new BrokenPromise(Id, $"{e.Type} of {e.Reservation} did not arrive")),
            .. got.Where(e => ours.Contains(e.Item1) && !expected.Contains(e)).Select(e => new BrokenPromise(Id, $"{e.Item2} of {e.Item1} arrived and did not happen")),
            .. firsts.GroupBy(e => e.Reservation, e => NumberOf(e.Id), StringComparer.Ordinal).Where(g => !g.SequenceEqual(g.Order()))
                .Select(g => new BrokenPromise(Id, $"the events of {g.Key} came in the order {string.Join(", ", g)}")),
        ];
        return Verdict.From("Every outcome was told", Id, broken, $"{firsts.Count:N0} events, {events.Count - firsts.Count:N0} of them again, all signed and in order");
    }

    private static int NumberOf(string id) => int.TryParse(id.AsSpan(id.LastIndexOf('_') + 1), out var number) ? number : 0;
}
