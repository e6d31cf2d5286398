using Concert.Booking.Reservations;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;

namespace Concert.Simulation.Checks;

/// <summary>
/// The limit of a user in a schedule, over all its sections: at every commit what is live is counted and within the limit, and the count is the sum of its
/// entries; once faults stop, nothing else is counted.
/// </summary>
public sealed class LimitRules(World world, SimStore store, int maxPerUser)
{
    public void Check(SimPartition partition, IReadOnlyList<Change> changes)
    {
        var users = partition.Reference.Container == DocumentContainer.Wallets
            ? changes.Any(c => (c.After ?? c.Before)?.Parsed is LimitDocument or RequestEntryDocument) ? [partition.Reference.Key] : []
            : changes.Select(c => c.After?.Parsed).OfType<ReservationDocument>().Select(r => r.UserId).Distinct(StringComparer.Ordinal);
        foreach (var user in users)
        {
            Check(user, isSettled: false);
        }
    }

    /// <summary>When nothing is left to do.</summary>
    public void CheckSettled()
    {
        foreach (var user in store.Partitions.Where(p => p.Reference.Container == DocumentContainer.Wallets).Select(p => p.Reference.Key).ToList())
        {
            Check(user, isSettled: true);
        }
    }

    private void Check(string user, bool isSettled)
    {
        var documents = store.Partitions.FirstOrDefault(p => p.Reference == new PartitionRef(DocumentContainer.Wallets, user))?.Documents.Values
            .Select(d => d.Parsed).ToList() ?? [];
        var entries = documents.OfType<RequestEntryDocument>().Where(e => e.Status == EntryStatus.Counted)
            .ToDictionary(e => e.Reservation, e => e.Places, StringComparer.Ordinal);
        var count = documents.OfType<LimitDocument>().Sum(l => l.Live);
        var live = store.Partitions.Where(p => p.Reference.Container == DocumentContainer.Bookings)
            .SelectMany(p => p.Documents.Values.Select(d => d.Parsed).OfType<ReservationDocument>()
                .Where(r => r.UserId == user && SectionRules.IsLive(r)).Select(r => (Id: r.IdIn(SectionRules.SectionOf(p.Reference)).ToString(), r.Places)))
            .ToList();
        if (count != entries.Values.Sum() || count > maxPerUser)
        {
            world.Fail("limit", $"{user} counts {count} places, the entries {entries.Values.Sum()}; at most {maxPerUser} are allowed");
        }

        if (live.Sum(l => l.Places) > maxPerUser || live.Exists(l => entries.GetValueOrDefault(l.Id) != l.Places))
        {
            world.Fail("limit", $"{user} has {live.Sum(l => l.Places)} live places, at most {maxPerUser} allowed, and counts {count} of them");
        }
        else if (isSettled && live.Count != entries.Count)
        {
            world.Fail("limit", $"{user} has {live.Sum(l => l.Places)} live places and still counts {count}");
        }
    }
}
