using Concert.Booking.Identity;
using Concert.Booking.Storage;

namespace Concert.Booking.Catalog;

/// <summary>The partitions of a schedule and their counters.</summary>
internal static class ScheduleSections
{
    public static IEnumerable<SectionRef> Of(ScheduleDocument schedule) =>
        schedule.Sections.Select(s => s.Key).Concat(schedule.Inventories.Select(i => i.Key)).Select(key => new SectionRef(schedule.ScheduleId, key));

    public static Task<(SectionRef Section, CountersDocument Counters)[]> ReadCountersAsync(
        IDocumentStore store, ScheduleDocument schedule, CancellationToken cancellationToken) =>
        Task.WhenAll(Of(schedule).Select(async section =>
        {
            var stored = await store.ReadAsync(section.Partition, CountersDocument.DocumentId, cancellationToken)
                ?? throw new InvalidOperationException($"Section {section.PartitionKey} has no counters.");
            return (section, DocumentJson.Read<CountersDocument>(stored));
        }));

    /// <summary>All documents of a section whose id has the prefix.</summary>
    public static async IAsyncEnumerable<StoredDocument> ReadAllAsync(
        IDocumentStore store,
        SectionRef section,
        string prefix,
        IReadOnlyList<string>? statuses,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await store.QueryAsync(section.Partition, new PartitionQuery(prefix, after, Statuses: statuses), cancellationToken);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            after = page.Continuation;
        }
        while (after is not null);
    }
}
