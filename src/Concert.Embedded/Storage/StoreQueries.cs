using System.Text;
using Concert.Booking.Storage;

namespace Concert.Embedded.Storage;

/// <summary>Queries over the tables; run under the gate. Each answers with the newest journal sequence its answer may show.</summary>
internal static class StoreQueries
{
    public static (DocumentPage Page, long Shown) Range(DocumentTables tables, PartitionRef key, PartitionQuery query, long now)
    {
        var container = tables[key.Container];
        if (container.Find(key.Key) is not { } partition)
        {
            return (new DocumentPage([], null), container.LastDeletion);
        }

        var shown = partition.LastDeletion;
        var statuses = Numbers(tables.Names, query.Statuses);
        var prefix = Encoding.UTF8.GetBytes(query.IdPrefix);
        var items = new List<StoredDocument>();
        for (var i = Start(partition, prefix, query.After); i < partition.Count; i++)
        {
            var document = partition[i];
            if (!document.Id.StartsWith(prefix))
            {
                break;
            }

            shown = Math.Max(shown, document.Revision);
            if (document.IsExpired(now) || statuses?.Contains(document.Status) == false)
            {
                continue;
            }

            if (items.Count == query.Limit)
            {
                return (new DocumentPage(items, items[^1].Id), shown);
            }

            items.Add(document.ToStored());
        }

        return (new DocumentPage(items, null), shown);
    }

    public static (IReadOnlyList<LocatedDocument> Documents, long Shown) Due(
        DocumentTables tables, DocumentContainer container, IReadOnlyList<string> statuses, long dueBefore, int limit, long now)
    {
        var (found, shown) = (new List<LocatedDocument>(), 0L);
        foreach (var status in Numbers(tables.Names, statuses)!)
        {
            foreach (var entry in tables[container].Due.Of(status))
            {
                if (entry.Due > dueBefore || found.Count >= limit)
                {
                    break;
                }

                if (!entry.Document.IsExpired(now))
                {
                    found.Add(new LocatedDocument(entry.Partition.Ref, entry.Document.ToStored()));
                    shown = Math.Max(shown, entry.Document.Revision);
                }
            }
        }

        return (found, shown);
    }

    private static int Start(Partition partition, byte[] prefix, string? after)
    {
        var start = partition.LowerBound(prefix);
        if (after is null)
        {
            return start;
        }

        var last = Encoding.UTF8.GetBytes(after);
        var next = partition.LowerBound(last);
        next += next < partition.Count && partition[next].Id.SequenceEqual(last) ? 1 : 0;
        return Math.Max(start, next);
    }

    /// <summary>A status no document ever had has no number, and matches none.</summary>
    private static HashSet<ushort>? Numbers(NameTable names, IReadOnlyList<string>? statuses) => statuses is null
        ? null
        : [.. statuses.Select(status => names.TryFind(status, out var number) ? number : (ushort)0).Where(number => number != 0)];
}
