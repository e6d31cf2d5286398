namespace Concert.Embedded.Storage;

/// <summary>An array of documents in ordinal order of id.</summary>
internal struct SortedDocuments()
{
    private PackedDocument[] _documents = [];

    public int Count { get; private set; }

    public readonly PackedDocument this[int index] => _documents[index];

    public readonly PackedDocument Find(ReadOnlySpan<byte> id) => IndexOf(id) is >= 0 and var index ? _documents[index] : default;

    public readonly int LowerBound(ReadOnlySpan<byte> id) => IndexOf(id) is var index && index >= 0 ? index : ~index;

    public readonly bool TryReplace(PackedDocument document, out PackedDocument old)
    {
        var index = IndexOf(document.Id);
        old = index >= 0 ? _documents[index] : default;
        if (index >= 0)
        {
            _documents[index] = document;
        }

        return index >= 0;
    }

    /// <summary>Adds a document whose id is not here. Small arrays grow by two, for there are as many of them as users; large ones by half.</summary>
    public void Insert(PackedDocument document)
    {
        var index = LowerBound(document.Id);
        Reserve(1);
        Array.Copy(_documents, index, _documents, index + 1, Count - index);
        _documents[index] = document;
        Count++;
    }

    public PackedDocument Remove(ReadOnlySpan<byte> id)
    {
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

    /// <summary>Adds documents none of which is here, moving each of those that are here at most once.</summary>
    public void Merge(in SortedDocuments others)
    {
        Reserve(others.Count);
        var (mine, theirs) = (Count - 1, others.Count - 1);
        Count += others.Count;
        for (var to = Count - 1; theirs >= 0; to--)
        {
            var isMine = mine >= 0 && _documents[mine].Id.SequenceCompareTo(others._documents[theirs].Id) > 0;
            _documents[to] = isMine ? _documents[mine--] : others._documents[theirs--];
        }
    }

    public readonly PackedDocument[] ToArray() => _documents[..Count];

    private void Reserve(int more)
    {
        if (Count + more > _documents.Length)
        {
            Array.Resize(ref _documents, Math.Max(Count + more, Count + Math.Max(2, Count / 2)));
        }
    }

    private readonly int IndexOf(ReadOnlySpan<byte> id)
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
}
