using Concert.Booking.Reservations;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Checks;

/// <summary>The limit of a user in the schedule, over all its sections: at every commit that touches a user, and once faults have stopped.</summary>
public sealed class LimitRules(World world, SimStore store, int maxPerUser)
{
    public void Check(MemoryPartition partition, IReadOnlyList<Change> changes)
    {
        var users = partition.Reference.Container == DocumentContainer.Wallets
            ? changes.Any(c => (c.After ?? c.Before)?.Parsed is LimitDocument or RequestEntryDocument) ? [partition.Reference.Key] : []
            : changes.Select(c => c.After?.Parsed).OfType<ReservationDocument>().Select(r => r.UserId).Distinct(StringComparer.Ordinal);
        foreach (var user in users)
        {
            Report(UserLimit.Now(EvidenceOf(user)));
        }
    }

    /// <summary>When nothing is left to do.</summary>
    public void CheckSettled()
    {
        foreach (var user in store.Partitions.Where(p => p.Reference.Container == DocumentContainer.Wallets).Select(p => p.Reference.Key).ToList())
        {
            Report(UserLimit.Settled(EvidenceOf(user)));
        }
    }

    private LimitEvidence EvidenceOf(string user)
    {
        var documents = store.Partitions.FirstOrDefault(p => p.Reference == new PartitionRef(DocumentContainer.Wallets, user))?.Documents.Values
            .Select(d => d.Parsed).ToList() ?? [];
        return new LimitEvidence(user, maxPerUser)
        {
            Count = documents.OfType<LimitDocument>().Sum(l => l.Live),
            Counted = documents.OfType<RequestEntryDocument>().Where(e => e.Status == EntryStatus.Counted)
                .ToDictionary(e => e.Reservation, e => e.Places, StringComparer.Ordinal),
            Live = store.Partitions.Where(p => p.Reference.Container == DocumentContainer.Bookings)
                .SelectMany(p => p.Documents.Values.Select(d => d.Parsed).OfType<ReservationDocument>()
                    .Where(r => r.UserId == user && !r.HasEnded && r.Status != ReservationStatus.Pending)
                    .Select(r => (Id: r.IdIn(DocumentFacts.SectionOf(p.Reference)).ToString(), r.Places)))
                .ToDictionary(r => r.Id, r => r.Places, StringComparer.Ordinal),
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
