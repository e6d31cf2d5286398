using System.Runtime.CompilerServices;
using Concert.Booking.Catalog;

namespace Concert.Booking.Reservations.Best;

/// <summary>
/// A section as its audience sits in it: stretches of places that lie side by side. A stretch ends with its row, and where the print leaves something out:
/// there an aisle is, or a pillar. 12 and 13 are neighbours, and so are 12, 12A and 13; 12 and 14 are not, nor are A9 and B1. A section without rows is one row.
/// </summary>
internal sealed class SeatingRows
{
    private static readonly ConditionalWeakTable<SectionPlan, SeatingRows> Known = [];

    private SeatingRows(SectionPlan plan)
    {
        var stretches = new List<Stretch>();
        var first = 0;
        for (var i = 0; i < plan.Runs.Count; i = first)
        {
            while (first < plan.Runs.Count && plan.Runs[first].Row == plan.Runs[i].Row)
            {
                first++;
            }

            AddRow(stretches, [.. plan.Runs.Skip(i).Take(first - i)]);
        }

        Stretches = stretches;
    }

    /// <summary>Best rows first: in the order of the plan.</summary>
    public IReadOnlyList<Stretch> Stretches { get; }

    /// <summary>Made once for a plan.</summary>
    public static SeatingRows Of(SectionPlan plan) => Known.GetValue(plan, static p => new SeatingRows(p));

    private static void AddRow(List<Stretch> stretches, List<SeatRun> runs)
    {
        var row = stretches.Count == 0 ? 0 : stretches[^1].Row + 1;
        var length = runs.Sum(run => run.Count);
        var position = 0;
        Stretch? stretch = null;
        string? before = null;
        foreach (var run in runs)
        {
            if (stretch is null || !AreNeighbours(before!, run.LabelOf(run.From)))
            {
                stretches.Add(stretch = new Stretch(row, position, length, []));
            }

            stretch.Places.AddRange(Enumerable.Range(run.From, run.Count).Select(key => new Place(key, run.Grade)));
            position += run.Count;
            before = run.LabelOf(run.To);
        }
    }

    /// <summary>Of two labels that follow each other in natural order.</summary>
    private static bool AreNeighbours(ReadOnlySpan<char> label, ReadOnlySpan<char> next)
    {
        var (a, b) = (FirstDigit(label), FirstDigit(next));
        if (!label[..a].SequenceEqual(next[..b]))
        {
            return a == label.Length && b == next.Length;
        }

        return (a == label.Length && b == next.Length)
            || (long.TryParse(Digits(label[a..]), out var number) && long.TryParse(Digits(next[b..]), out var following) && following - number is 0 or 1);
    }

    private static int FirstDigit(ReadOnlySpan<char> label) => label.IndexOfAnyInRange('0', '9') is var at && at < 0 ? label.Length : at;

    private static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? text : text[..end];
}

/// <summary>Places side by side, from one end of theirs to the other.</summary>
/// <param name="Row">Which row, from 0, the best first.</param>
/// <param name="Position">Where in the row its first place is, from 0.</param>
/// <param name="RowLength">Places of the whole row.</param>
/// <param name="Places">From left to right.</param>
internal sealed record Stretch(int Row, int Position, int RowLength, List<Place> Places)
{
    /// <summary>Twice the distance between the middle of a group and the middle of the row, in places.</summary>
    public int FromMiddle(int start, int count) => Math.Abs((2 * (Position + start)) + count - RowLength);
}

/// <summary>A place by its key.</summary>
internal readonly record struct Place(int Key, string? Grade);
