using System.Collections;

namespace Concert.Booking.WaitingRoom;

/// <summary>
/// Waiting members in the order of the line, in blocks of bounded length: with a million of them a place is found by a binary search and a sum over two
/// thousand counts, and nobody's coming or going moves more than one block.
/// </summary>
internal sealed class PlaceList : IReadOnlyList<LineMember>
{
    private const int BlockLength = 1024;

    /// <summary>None is empty.</summary>
    private readonly List<List<LineMember>> _blocks = [];

    public int Count { get; private set; }

    public LineMember? Last => _blocks.Count == 0 ? null : _blocks[^1][^1];

    public LineMember this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            var block = 0;
            while (index >= _blocks[block].Count)
            {
                index -= _blocks[block++].Count;
            }

            return _blocks[block][index];
        }
    }

    /// <summary>How many stand before the member, whether it is in the list or would come into it.</summary>
    public int CountBefore(LineMember member)
    {
        var (block, index) = Find(member);
        for (var before = 0; before < block; before++)
        {
            index += _blocks[before].Count;
        }

        return index;
    }

    public void Add(LineMember member)
    {
        Count++;
        if (_blocks.Count == 0)
        {
            _blocks.Add([member]);
            return;
        }

        var (block, index) = Find(member);
        if (block == _blocks.Count)
        {
            (block, index) = (block - 1, _blocks[^1].Count);
        }

        var members = _blocks[block];
        members.Insert(index, member);
        if (members.Count > BlockLength)
        {
            // A line grows at its end: the full block stays full there.
            var keep = index == BlockLength ? BlockLength : BlockLength / 2;
            _blocks.Insert(block + 1, members[keep..]);
            members.RemoveRange(keep, members.Count - keep);
        }
    }

    public void Remove(LineMember member)
    {
        var (block, index) = Find(member);
        if (block == _blocks.Count || !ReferenceEquals(_blocks[block][index], member))
        {
            throw new InvalidOperationException($"{member.Claims.Id} is not in the line.");
        }

        Count--;
        _blocks[block].RemoveAt(index);
        if (_blocks[block].Count == 0)
        {
            _blocks.RemoveAt(block);
        }
    }

    public IEnumerator<LineMember> GetEnumerator() => _blocks.SelectMany(block => block).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The first place that is not before the member.</summary>
    private (int Block, int Index) Find(LineMember member)
    {
        var (low, high) = (0, _blocks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (LineMember.ByPlace.Instance.Compare(_blocks[middle][^1], member) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == _blocks.Count)
        {
            return (low, 0);
        }

        var index = _blocks[low].BinarySearch(member, LineMember.ByPlace.Instance);
        return (low, index >= 0 ? index : ~index);
    }
}
