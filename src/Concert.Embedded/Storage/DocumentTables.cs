using Concert.Booking.Storage;
using Concert.Embedded.Journaling;

namespace Concert.Embedded.Storage;

/// <summary>All documents in memory with their indexes. Not thread-safe: the journal's gate is its lock.</summary>
internal sealed class DocumentTables(TimeProvider time) : IJournaledState
{
    /// <summary>Expired documents removed with each commit, so that none of them has to clean up for long.</summary>
    private const int RemovedPerCommit = 8;

    private readonly ContainerIndex[] _containers = [.. Enum.GetValues<DocumentContainer>().Select(container => new ContainerIndex(container))];
    private readonly PriorityQueue<(Partition Partition, PackedDocument Document), long> _expiring = new();

    public NameTable Names { get; } = new();

    public ContainerIndex this[DocumentContainer container] => _containers[(int)container];

    /// <summary>Documents held, expired ones that were not removed yet included.</summary>
    public int Count { get; private set; }

    public void Apply(PartitionRef key, Change[] changes, long sequence)
    {
        var container = this[key.Container];
        var partition = container.GetOrAdd(key.Key);
        foreach (var change in changes)
        {
            if (change.Document.IsAbsent)
            {
                Remove(container, partition, change.Id, sequence);
            }
            else
            {
                Put(container, partition, change.Document);
            }
        }

        container.RemoveIfEmpty(partition);
    }

    public void RemoveExpired(long now, int limit = RemovedPerCommit)
    {
        while (limit-- > 0 && _expiring.TryPeek(out var expiring, out var expiry) && expiry <= now)
        {
            _expiring.Dequeue();
            var (partition, document) = expiring;
            if (partition.Find(document.Id).IsSame(document))
            {
                var container = this[partition.Ref.Container];
                Remove(container, partition, document.Id, document.Revision);
                container.RemoveIfEmpty(partition);
            }
        }
    }

    public bool TryReplay(RecordKind kind, long sequence, ref ByteReader record)
    {
        if (kind == RecordKind.Batch)
        {
            var (partition, changes) = BatchRecord.Read(ref record, sequence, Names);
            Apply(partition, changes, sequence);
            return true;
        }

        if (kind == RecordKind.Document)
        {
            var (key, document) = DocumentRecord.Read(ref record, Names);
            Put(this[key.Container], this[key.Container].GetOrAdd(key.Key), document);
            return true;
        }

        return false;
    }

    public Action<SnapshotSink> Capture()
    {
        RemoveExpired(time.GetUtcNow().ToUnixTimeMilliseconds(), int.MaxValue);
        var partitions = new List<(PartitionRef Partition, PackedDocument[] Documents)>();
        foreach (var container in _containers)
        {
            foreach (var partition in container.From(0))
            {
                partitions.Add((partition.Ref, partition.ToArray()));
            }
        }

        return sink =>
        {
            foreach (var (partition, documents) in partitions)
            {
                foreach (var document in documents)
                {
                    sink.Add(new DocumentRecord(partition, document));
                }
            }
        };
    }

    private void Put(ContainerIndex container, Partition partition, PackedDocument document)
    {
        var old = partition.Put(document);
        Count += old.IsAbsent ? 1 : 0;
        container.Due.Replace(partition, old, document);
        if (document.Expiry is { } expiry)
        {
            _expiring.Enqueue((partition, document), expiry);
        }
    }

    private void Remove(ContainerIndex container, Partition partition, ReadOnlySpan<byte> id, long sequence)
    {
        var old = partition.Remove(id, sequence);
        if (!old.IsAbsent)
        {
            Count--;
            container.Due.Replace(partition, old, default);
        }
    }
}
