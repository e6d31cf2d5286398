using System.Text;
using Concert.Booking.Storage;

namespace Concert.Embedded.Storage;

/// <summary>
/// The documents of one partition, in ordinal order of id. In a large one new documents collect in a short array of their own and are merged in
/// once it is full or somebody asks by index, so that a document costs no move of all that come behind it.
/// </summary>
internal sealed class Partition(DocumentContainer container, string key, int ordinal)
{
    private const int LargeFrom = 2048;
    private const int MaxRecent = 1024;

    // Not readonly: a struct that changes in place, because a second object for each of a hundred thousand users would be felt.
    private SortedDocuments _documents = new();
    private Recent? _recent;

    public PartitionRef Ref => new(container, key);

    /// <summary>Its place in the container's order of creation.</summary>
    public int Ordinal { get; } = ordinal;

    public int Count => _documents.Count + (_recent?.Documents.Count ?? 0);

    /// <summary>The journal sequence of the newest deletion, which an answer "absent" may be showing.</summary>
    public long LastDeletion { get; private set; }

    public PackedDocument this[int index]
    {
        get
        {
            Merge();
            return _documents[index];
        }
    }

    public PackedDocument Find(ReadOnlySpan<byte> id) =>
        _documents.Find(id) is { IsAbsent: false } found ? found : _recent?.Documents.Find(id) ?? default;

    /// <summary>The index of the first document with this id or a greater one.</summary>
    public int LowerBound(ReadOnlySpan<byte> id)
    {
        Merge();
        return _documents.LowerBound(id);
    }

    /// <summary>Writes and answers what was there before.</summary>
    public PackedDocument Put(PackedDocument document)
    {
        if (_documents.TryReplace(document, out var old))
        {
            return old;
        }

        if (_documents.Count < LargeFrom)
        {
            _documents.Insert(document);
            return default;
        }

        _recent ??= new Recent();
        if (!_recent.Documents.TryReplace(document, out old))
        {
            _recent.Documents.Insert(document);
            if (_recent.Documents.Count == MaxRecent)
            {
                Merge();
            }
        }

        return old;
    }

    public PackedDocument Remove(ReadOnlySpan<byte> id, long sequence)
    {
        LastDeletion = Math.Max(LastDeletion, sequence);
        return _documents.Remove(id) is { IsAbsent: false } removed ? removed : _recent?.Documents.Remove(id) ?? default;
    }

    public PackedDocument[] ToArray()
    {
        Merge();
        return _documents.ToArray();
    }

    private void Merge()
    {
        if (_recent is not null)
        {
            _documents.Merge(_recent.Documents);
            _recent = null;
        }
    }

    private sealed class Recent
    {
        public SortedDocuments Documents = new();
    }
}
