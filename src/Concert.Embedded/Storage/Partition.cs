using System.Text;
using Concert.Booking.Storage;

namespace Concert.Embedded.Storage;

/// <summary>The documents of one partition, in ordinal order of id.</summary>
internal sealed class Partition(DocumentContainer container, string key, int ordinal)
{
    private PackedDocument[] _documents = [];

    public PartitionRef Ref => new(container, key);

    /// <summary>Its place in the container's order of creation.</summary>
    public int Ordinal { get; } = ordinal;

    public int Count { get; private set; }

    /// <summary>The journal sequence of the newest deletion, which an answer "absent" may be showing.</summary>
    public long LastDeletion { get; private set; }

    public PackedDocument this[int index] => _documents[index];

    public PackedDocument Find(ReadOnlySpan<byte> id) => IndexOf(id) is >= 0 and var index ? _documents[index] : default;

    /// <summary>The index of the first document with this id or a greater one.</summary>
    public int LowerBound(ReadOnlySpan<byte> id) => IndexOf(id) is var index && index >= 0 ? index : ~index;

    /// <summary>Writes and answers what was there before.</summary>
    public PackedDocument Put(PackedDocument document)
    {
        var index = IndexOf(document.Id);
        if (index >= 0)
        {
            var old = _documents[index];
            _documents[index] = document;
            return old;
        }

        Insert(~index, document);
        return default;
    }

    public PackedDocument Remove(ReadOnlySpan<byte> id, long sequence)
    {
        LastDeletion = Math.Max(LastDeletion, sequence);
        var index = IndexOf(id);
        if (index < 0)
        {
            return default;
        }

        var old = _documents[index];
        Count--;
        Array.Copy(_documents, index + 1, _documents, index, Count - index);
        _documents[Count] = default;
        return old;
    }

    public PackedDocument[] ToArray() => _documents[..Count];

    private int IndexOf(ReadOnlySpan<byte> id)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _documents[middle].Id.SequenceCompareTo(id);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    /// <summary>Small partitions grow by two, for there are as many of them as users; large ones by half.</summary>
    private void Insert(int index, PackedDocument document)
    {
        if (Count == _documents.Length)
        {
            Array.Resize(ref _documents, Count + Math.Max(2, Count / 2));
        }

        Array.Copy(_documents, index, _documents, index + 1, Count - index);
        _documents[index] = document;
        Count++;
    }
}
