using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Checks;

/// <summary>The limit of a user in the schedule, over all its sections, at every commit that touches a user: never exceeded, and nobody refused while there is room.</summary>
public sealed class LimitRules(World world, SimStore store, SimQueue queue, int maxPerUser)
{
    private readonly Dictionary<string, long> _endedAt = new(StringComparer.Ordinal);
    private readonly List<(string Id, long At, int Places)> _givenBack = [];

    public void Check(MemoryPartition partition, IReadOnlyList<Change> changes)
    {
        if (partition.Reference.Container == DocumentContainer.Wallets)
        {
            if (changes.Any(c => (c.After ?? c.Before)?.Parsed is LimitDocument))
            {
                Report(UserLimit.Now(EvidenceOf(partition.Reference.Key)));
            }

            return;
        }

        if (partition.Reference.Container != DocumentContainer.Bookings)
        {
            return;
        }

        var section = DocumentFacts.SectionOf(partition.Reference);
        foreach (var change in changes)
        {
            if (change.After?.Parsed is not ReservationDocument reservation)
            {
                continue;
            }

            var id = reservation.IdIn(section).ToString();
            if (change.Before?.Parsed is ReservationDocument before && before.Places > reservation.Places)
            {
                _givenBack.Add((id, world.Now, before.Places - reservation.Places));
            }

            if (reservation.HasEnded)
            {
                _endedAt.TryAdd(id, world.Now);
            }

            var evidence = EvidenceOf(reservation.UserId);
            Report(UserLimit.Now(evidence));
            if (reservation is { Status: ReservationStatus.Rejected } && reservation.Reason == RefusalCode.LimitReached.Name()
                && queue.StoredAt.TryGetValue($"reserve:{reservation.Code}", out var asked))
            {
                Report(UserLimit.Refused(evidence, id, reservation.Places, PlacesSince(reservation.UserId, id, asked, evidence)));
            }
        }
    }

    /// <summary>Places of all that was live or on its way at any time since.</summary>
    private int PlacesSince(string user, string except, long since, LimitEvidence now)
    {
        var known = ReservationsOf(user).Where(r => r.Id != except).ToList();
        return known.Where(r => !r.Reservation.HasEnded || _endedAt.GetValueOrDefault(r.Id) >= since).Sum(r => r.Reservation.Places)
            + _givenBack.Where(g => g.At >= since && g.Id != except && known.Exists(r => r.Id == g.Id)).Sum(g => g.Places)
            + now.Counted.Where(c => c.Key != except && known.TrueForAll(r => r.Id != c.Key)).Sum(c => c.Value);
    }

    private IEnumerable<(string Id, ReservationDocument Reservation)> ReservationsOf(string user) =>
        store.Partitions.Where(p => p.Reference.Container == DocumentContainer.Bookings)
            .SelectMany(p => p.Documents.Values.Select(d => d.Parsed).OfType<ReservationDocument>()
                .Where(r => r.UserId == user && r.Status != ReservationStatus.Pending)
                .Select(r => (r.IdIn(DocumentFacts.SectionOf(p.Reference)).ToString(), r)));

    private LimitEvidence EvidenceOf(string user)
    {
        var wallet = store.Partitions.FirstOrDefault(p => p.Reference == new PartitionRef(DocumentContainer.Wallets, user));
        return new LimitEvidence(user, maxPerUser)
        {
            Counted = (wallet?.Documents.Values.Select(d => d.Parsed).OfType<LimitDocument>() ?? []).SelectMany(l => l.Counted)
                .ToDictionary(c => c.Reservation, c => c.Places, StringComparer.Ordinal),
            Live = ReservationsOf(user).Where(r => !r.Reservation.HasEnded).ToDictionary(r => r.Id, r => r.Reservation.Places, StringComparer.Ordinal),
        };
    }

    private void Report(IEnumerable<BrokenPromise> broken)
    {
        foreach (var promise in broken)
        {
            world.Fail(promise.Rule, promise.Detail);
            return;
        }
    }
}
