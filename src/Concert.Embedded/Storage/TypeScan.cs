using System.Globalization;
using System.Text;
using Concert.Booking.Storage;

namespace Concert.Embedded.Storage;

/// <summary>
/// A scan by type through all partitions of a container, in slices so that nobody else waits long for the gate. The continuation is where it stands:
/// ordinal, key and last id. The key finds the place again even if a restart gave out other ordinals.
/// </summary>
internal sealed class TypeScan
{
    private const int DocumentsPerSlice = 4096;
    private const char Separator = '\n';

    private readonly DocumentContainer _container;
    private readonly string _type;
    private readonly int _limit;
    private readonly List<LocatedDocument> _found = [];
    private (int Ordinal, string Key, string? AfterId) _position = (0, "", null);
    private bool _hasMore;

    public TypeScan(DocumentContainer container, string type, string? continuation, int limit)
    {
        (_container, _type, _limit) = (container, type, limit);
        if (continuation is not null)
        {
            var parts = continuation.Split(Separator);
            _position = parts.Length == 3 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
                ? (ordinal, parts[1], parts[2])
                : throw new ArgumentException("This is not a continuation of a scan.", nameof(continuation));
        }
    }

    public bool IsComplete { get; private set; }

    /// <summary>The newest journal sequence the answer may show.</summary>
    public long Shown { get; private set; }

    /// <summary>Goes on through at most one slice.</summary>
    public void Advance(DocumentTables tables, long now)
    {
        if (!tables.Names.TryFind(_type, out var type))
        {
            IsComplete = true;
            return;
        }

        var budget = DocumentsPerSlice;
        var container = tables[_container];
        Shown = Math.Max(Shown, container.LastDeletion);
        foreach (var partition in container.From(container.Find(_position.Key)?.Ordinal ?? _position.Ordinal))
        {
            Shown = Math.Max(Shown, partition.LastDeletion);
            for (var i = FirstIndex(partition); i < partition.Count; i++)
            {
                var isWanted = partition[i].Type == type && !partition[i].IsExpired(now);
                if ((isWanted && _found.Count == _limit) || budget-- <= 0)
                {
                    IsComplete = _hasMore = isWanted && _found.Count == _limit;
                    StandBefore(partition, i);
                    return;
                }

                if (isWanted)
                {
                    _found.Add(new LocatedDocument(partition.Ref, partition[i].ToStored()));
                    Shown = Math.Max(Shown, partition[i].Revision);
                }
            }

            if (--budget <= 0)
            {
                _position = (partition.Ordinal + 1, "", null);
                return;
            }
        }

        IsComplete = true;
    }

    public LocatedPage ToPage() => new(
        _found, _hasMore ? string.Join(Separator, _position.Ordinal.ToString(CultureInfo.InvariantCulture), _position.Key, _position.AfterId) : null);

    private int FirstIndex(Partition partition)
    {
        if (_position.AfterId is null || partition.Ref.Key != _position.Key)
        {
            return 0;
        }

        var last = Encoding.UTF8.GetBytes(_position.AfterId);
        var index = partition.LowerBound(last);
        return index < partition.Count && partition[index].Id.SequenceEqual(last) ? index + 1 : index;
    }

    private void StandBefore(Partition partition, int index) =>
        _position = (partition.Ordinal, partition.Ref.Key, index == 0 ? "" : Encoding.UTF8.GetString(partition[index - 1].Id));
}
