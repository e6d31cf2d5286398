using System.Globalization;
using Concert.Booking.Ports;

namespace Concert.Testing.Fakes;

/// <content>Reads and queries.</content>
public partial class MemoryDocuments
{
    private const int MaxReadMany = 200;
    private const int MaxPage = 1000;

    public MemoryPartition Partition(PartitionRef reference)
    {
        lock (_lock)
        {
            if (!_partitions.TryGetValue(reference, out var partition))
            {
                _partitions[reference] = partition = new MemoryPartition(reference);
                _inOrder.Add(partition);
            }

            return partition;
        }
    }

    public MemoryDocument? Find(PartitionRef reference, string id)
    {
        lock (_lock)
        {
            return _partitions.TryGetValue(reference, out var partition) && partition.Documents.TryGetValue(id, out var found) && IsThere(found) ? found : null;
        }
    }

    public StoredDocument? Read(PartitionRef reference, string id) => Find(reference, id)?.Stored;

    public IReadOnlyList<StoredDocument?> ReadMany(PartitionRef reference, IReadOnlyList<string> ids)
    {
        ThrowUnless(ids.Count is >= 1 and <= MaxReadMany, $"1 to {MaxReadMany} ids can be read at once.");
        lock (_lock)
        {
            return [.. ids.Select(id => Read(reference, id))];
        }
    }

    public DocumentPage Query(PartitionRef reference, PartitionQuery query)
    {
        ThrowUnless(query.Limit is >= 1 and <= MaxPage, $"A page has 1 to {MaxPage} documents.");
        lock (_lock)
        {
            if (!_partitions.TryGetValue(reference, out var partition))
            {
                return new DocumentPage([], null);
            }

            List<StoredDocument> found =
            [
                .. partition.Documents.Values
                    .Where(d => d.Id.StartsWith(query.IdPrefix, StringComparison.Ordinal) && (query.After is null || string.CompareOrdinal(d.Id, query.After) > 0))
                    .Where(d => IsThere(d) && (query.Statuses is null || query.Statuses.Contains(d.Status, StringComparer.Ordinal)))
                    .Take(query.Limit + 1)
                    .Select(d => d.Stored),
            ];
            return found.Count > query.Limit ? new DocumentPage(found[..query.Limit], found[query.Limit - 1].Id) : new DocumentPage(found, null);
        }
    }

    public IReadOnlyList<LocatedDocument> Due(DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset dueBefore, int limit)
    {
        ThrowUnless(limit >= 1, "At least one document is asked for.");
        var until = dueBefore.ToUnixTimeMilliseconds();
        return Located(container, d => d.Due <= until && statuses.Contains(d.Status, StringComparer.Ordinal), skip: 0, limit);
    }

    public LocatedPage Scan(DocumentContainer container, string idPrefix, string? continuation, int limit)
    {
        ThrowUnless(limit is >= 1 and <= MaxPage, $"A page has 1 to {MaxPage} documents.");
        var skip = continuation is null ? 0 : int.Parse(continuation, CultureInfo.InvariantCulture);
        var found = Located(container, d => d.Id.StartsWith(idPrefix, StringComparison.Ordinal), skip, limit + 1);
        return found.Count > limit
            ? new LocatedPage(found[..limit], (skip + limit).ToString(CultureInfo.InvariantCulture))
            : new LocatedPage(found, null);
    }

    /// <summary>Every document, in order of partition and id.</summary>
    public IReadOnlyList<LocatedDocument> All()
    {
        lock (_lock)
        {
            return
            [
                .. from partition in _inOrder.OrderBy(p => p.Reference.ToString(), StringComparer.Ordinal)
                   from document in partition.Documents.Values
                   where IsThere(document)
                   select new LocatedDocument(partition.Reference, document.Stored),
            ];
        }
    }

    private List<LocatedDocument> Located(DocumentContainer container, Func<MemoryDocument, bool> isWanted, int skip, int limit)
    {
        lock (_lock)
        {
            return
            [
                .. (from partition in _inOrder
                    where partition.Reference.Container == container
                    from document in partition.Documents.Values
                    where isWanted(document) && IsThere(document)
                    select new LocatedDocument(partition.Reference, document.Stored)).Skip(skip).Take(limit),
            ];
        }
    }

    private bool IsThere(MemoryDocument document) => document.GoneAt == DateTimeOffset.MaxValue || document.GoneAt > now();
}
