using System.Runtime.InteropServices;
using Concert.Booking.Storage;

namespace Concert.Embedded.Storage;

/// <summary>The partitions of one container, with its secondary index of due documents.</summary>
internal sealed class ContainerIndex(DocumentContainer container)
{
    private readonly Dictionary<string, Partition> _partitions = new(StringComparer.Ordinal);
    private readonly List<Partition> _inOrder = [];
    private int _nextOrdinal;

    public DueIndex Due { get; } = new();

    /// <summary>The newest deletion in partitions that are gone since they became empty.</summary>
    public long LastDeletion { get; private set; }

    public Partition? Find(string key) => _partitions.GetValueOrDefault(key);

    public Partition GetOrAdd(string key)
    {
        ref var partition = ref CollectionsMarshal.GetValueRefOrAddDefault(_partitions, key, out _);
        if (partition is null)
        {
            partition = new Partition(container, key, _nextOrdinal++);
            _inOrder.Add(partition);
        }

        return partition;
    }

    public void RemoveIfEmpty(Partition partition)
    {
        if (partition.Count == 0 && _partitions.Remove(partition.Ref.Key))
        {
            LastDeletion = Math.Max(LastDeletion, partition.LastDeletion);
            _inOrder.RemoveAt(IndexOf(partition.Ordinal));
        }
    }

    /// <summary>Partitions in order of creation, from the one with this ordinal or the next one.</summary>
    public ReadOnlySpan<Partition> From(int ordinal) => CollectionsMarshal.AsSpan(_inOrder)[IndexOf(ordinal)..];

    private int IndexOf(int ordinal)
    {
        var (low, high) = (0, _inOrder.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = _inOrder[middle].Ordinal < ordinal ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

/// <summary>Documents with a <c>due</c>, by status and time.</summary>
internal sealed class DueIndex
{
    private readonly Dictionary<ushort, SortedSet<Entry>> _byStatus = [];

    public void Replace(Partition partition, PackedDocument old, PackedDocument current)
    {
        if (!old.IsAbsent && old.Due is { } oldDue && _byStatus.TryGetValue(old.Status, out var entries))
        {
            entries.Remove(new Entry(oldDue, partition, old));
        }

        if (!current.IsAbsent && current.Due is { } due)
        {
            ref var set = ref CollectionsMarshal.GetValueRefOrAddDefault(_byStatus, current.Status, out _);
            (set ??= new SortedSet<Entry>(Earliest.Instance)).Add(new Entry(due, partition, current));
        }
    }

    /// <summary>Entries of a status, earliest first.</summary>
    public IEnumerable<Entry> Of(ushort status) => _byStatus.GetValueOrDefault(status) ?? (IEnumerable<Entry>)[];

    internal readonly record struct Entry(long Due, Partition Partition, PackedDocument Document);

    private sealed class Earliest : IComparer<Entry>
    {
        public static readonly Earliest Instance = new();

        public int Compare(Entry x, Entry y)
        {
            var order = x.Due.CompareTo(y.Due);
            order = order != 0 ? order : x.Partition.Ordinal.CompareTo(y.Partition.Ordinal);
            return order != 0 ? order : x.Document.Id.SequenceCompareTo(y.Document.Id);
        }
    }
}
