using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Best;
using Concert.Booking.Storage;

namespace Concert.Booking.Availability;

/// <summary>The sections of a schedule and what is taken of them.</summary>
public sealed class ScheduleSections(IDocumentStore store, ISeatMapCache cache, TimeProvider time) : ITakenSeats
{
    private const int MaxKept = 4_096;

    private readonly ConcurrentDictionary<SectionRef, (DateTimeOffset Since, TakenSeats Taken)> _read = new();

    /// <summary>Numbered sections first, then inventories, each in the order of the plan.</summary>
    internal static IEnumerable<SectionRef> Of(ScheduleDocument schedule) =>
        schedule.Sections.Select(s => s.Key).Concat(schedule.Inventories.Select(i => i.Key)).Select(key => new SectionRef(schedule.ScheduleId, key));

    /// <summary>Places of the schedule, and how many of them are held or sold.</summary>
    public async Task<(long Total, long Taken)> CountAsync(ScheduleDocument schedule, CancellationToken cancellationToken) =>
        (schedule.Sections.Sum(s => (long)s.SeatCount) + schedule.Inventories.Sum(i => (long)i.Quantity),
            (await SnapshotAsync(schedule, cancellationToken)).Sum(s => s.Taken));

    /// <summary>In the order of <see cref="Of"/>.</summary>
    internal async Task<IReadOnlyList<SectionSnapshot>> SnapshotAsync(ScheduleDocument schedule, CancellationToken cancellationToken)
    {
        List<SectionRef> sections = [.. Of(schedule)];
        var contents = await cache.GetAsync(
            schedule.ScheduleId,
            [.. sections.Select(s => s.Section)],
            (key, token) => ReadContentAsync(new SectionRef(schedule.ScheduleId, key), token),
            cancellationToken);
        return [.. sections.Zip(contents, (section, content) => new SectionSnapshot(section.IsInventory, content))];
    }

    public async Task<IReadOnlyList<TakenSeats>> KnownAsync(string scheduleId, IReadOnlyList<SectionRef> sections, CancellationToken cancellationToken)
    {
        var contents = await cache.GetAsync(
            scheduleId, [.. sections.Select(s => s.Section)], (key, token) => ReadContentAsync(new SectionRef(scheduleId, key), token), cancellationToken);
        return [.. contents.Select(TakenOf)];
    }

    public async Task<TakenSeats> ReadAsync(SectionRef section, CancellationToken cancellationToken) =>
        TakenOf(await ReadContentAsync(section, cancellationToken));

    public async Task<TakenSeats> ReadSinceAsync(SectionRef section, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (_read.TryGetValue(section, out var known) && known.Since > since)
        {
            return known.Taken;
        }

        var now = time.GetUtcNow();
        var taken = await ReadAsync(section, cancellationToken);
        if (_read.Count >= MaxKept)
        {
            _read.Clear();
        }

        _read[section] = (now, taken);
        return taken;
    }

    internal async Task<CountersDocument> CountersAsync(SectionRef inventory, CancellationToken cancellationToken) =>
        DocumentJson.Read<CountersDocument>(
            await store.ReadAsync(inventory.Partition, CountersDocument.DocumentId, cancellationToken)
            ?? throw new InvalidOperationException($"Inventory {inventory.PartitionKey} has no counters."));

    /// <summary>All documents of a section whose id has the prefix.</summary>
    internal async IAsyncEnumerable<StoredDocument> ReadAllAsync(
        SectionRef section, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await store.QueryAsync(section.Partition, new PartitionQuery(prefix, after), cancellationToken);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            after = page.Continuation;
        }
        while (after is not null);
    }

    private static TakenSeats TakenOf(ReadOnlyMemory<byte> numbered)
    {
        var snapshot = new SectionSnapshot(false, numbered);
        return new TakenSeats(snapshot.Gone, () => snapshot.Seats().Keys.ToHashSet());
    }

    private async Task<ReadOnlyMemory<byte>> ReadContentAsync(SectionRef section, CancellationToken cancellationToken)
    {
        if (section.IsInventory)
        {
            return SectionSnapshot.Of(await CountersAsync(section, cancellationToken));
        }

        var taken = new List<SeatDocument>();
        await foreach (var stored in ReadAllAsync(section, SeatDocument.Prefix, cancellationToken))
        {
            taken.Add(DocumentJson.Read<SeatDocument>(stored));
        }

        return SectionSnapshot.Of(taken);
    }
}
