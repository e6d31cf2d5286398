using System.Globalization;

namespace Concert.Booking.Catalog;

/// <summary>
/// A numbered section: its places as runs, in the natural order of what is printed on them. Inside, a place is an int, its key; where the section has
/// numbers only, the key is the number. A key is a place's for ever: places that come later take the next ones.
/// </summary>
public sealed record SectionPlan(string Key, string Name, IReadOnlyList<SeatRun> Runs)
{
    private KeyIndex? _index;

    public int SeatCount => Index.Count;

    private KeyIndex Index => _index is { } known && ReferenceEquals(known.Runs, Runs) ? known : _index = new KeyIndex(Runs);

    /// <summary>Null when the section has no such place.</summary>
    public PlannedSeat? Find(int key) => Index.Find(key);

    /// <summary>The runs in the order of keys, made once.</summary>
    private sealed class KeyIndex
    {
        private readonly SeatRun[] _sorted;
        private readonly int[] _before;

        public KeyIndex(IReadOnlyList<SeatRun> runs)
        {
            Runs = runs;
            _sorted = [.. runs.OrderBy(run => run.From)];
            _before = new int[_sorted.Length];
            for (var i = 0; i < _sorted.Length; i++)
            {
                _before[i] = Count;
                Count += _sorted[i].Count;
            }
        }

        public IReadOnlyList<SeatRun> Runs { get; }

        public int Count { get; }

        public PlannedSeat? Find(int key)
        {
            var (low, high) = (0, _sorted.Length - 1);
            while (low <= high)
            {
                var middle = (low + high) / 2;
                if (key < _sorted[middle].From)
                {
                    high = middle - 1;
                }
                else if (key > _sorted[middle].To)
                {
                    low = middle + 1;
                }
                else
                {
                    return new PlannedSeat(key, _sorted[middle], _before[middle] + key - _sorted[middle].From);
                }
            }

            return null;
        }
    }
}

/// <summary>
/// Places of one row at one price or grade whose keys follow each other, as the numbers printed on them do; or one place with a text on it.
/// </summary>
/// <param name="From">The first key.</param>
/// <param name="To">The last key, included.</param>
/// <param name="Price">Won; null where <see cref="Grade"/> says it.</param>
public readonly record struct SeatRun(int From, int To, long? Price)
{
    /// <summary>The code of the schedule's grade; null where the run has a price of its own.</summary>
    public string? Grade { get; init; }

    /// <summary>Null in a section without rows.</summary>
    public string? Row { get; init; }

    /// <summary>The number printed on the first place; null where it is the key.</summary>
    public int? First { get; init; }

    /// <summary>The text printed on the only place; null where numbers are printed.</summary>
    public string? Label { get; init; }

    internal int Count => To - From + 1;

    /// <summary>The label printed on a place of the run.</summary>
    public string LabelOf(int key) => Label ?? (key - From + (First ?? From)).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A place of a plan.</summary>
/// <param name="Key">Which.</param>
/// <param name="Run">Its row, grade and price.</param>
/// <param name="Index">From 0, in the order of keys.</param>
public readonly record struct PlannedSeat(int Key, SeatRun Run, int Index)
{
    /// <summary>The label printed on it.</summary>
    public string Label => Run.LabelOf(Key);
}
