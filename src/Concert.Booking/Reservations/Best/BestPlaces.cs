using Concert.Booking.Catalog;

namespace Concert.Booking.Reservations.Best;

/// <summary>
/// Chooses the best places that are left of a section. In this order: all of them side by side in one row; no place left alone, which is one that was free, and
/// whose neighbours on both sides are taken now or are not there, if there is another choice; the best row, which is the first of the plan; nearest to the
/// middle of that row; the first of two that are as near. Where they cannot be had side by side: the fewest groups, and among these the fewest places left
/// alone, the best rows, the nearest to the middle. Sections are compared likewise, the first of the plan being the best.
/// </summary>
public static class BestPlaces
{
    /// <summary>Null when they are not to be had. A pure function.</summary>
    /// <param name="plan">The section.</param>
    /// <param name="taken">Keys of the places that are not available.</param>
    /// <param name="count">How many; at least 1.</param>
    /// <param name="grade">Only places of this grade; null for any.</param>
    /// <param name="together">Side by side or not at all.</param>
    public static BestChoice? Choose(SectionPlan plan, IReadOnlySet<int> taken, int count, string? grade, bool together)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        List<FreeGroup> free = [.. SeatingRows.Of(plan).Stretches.SelectMany(stretch => FreeOf(stretch, taken, grade))];
        var best = SideBySide(free, count) ?? (together ? null : InGroups(free, count));
        if (best is null)
        {
            return null;
        }

        var (keys, groups) = (new List<int>(count), 0);
        for (var choice = best; choice is not null; choice = choice.Others)
        {
            groups++;
            keys.AddRange(choice.From.Stretch.Places.Skip(choice.Start).Take(choice.Count).Select(place => place.Key));
        }

        keys.Sort();
        return new BestChoice(keys, groups, best.Cost.LeftAlone);
    }

    private static Choice? SideBySide(List<FreeGroup> free, int count)
    {
        Choice? best = null;
        foreach (var group in free.Where(group => group.Count >= count))
        {
            var choice = BestOf(group, count, null);
            best = best is null || choice.Cost.CompareTo(best.Cost) < 0 ? choice : best;
        }

        return best;
    }

    /// <summary>The cheapest way to so many groups and so many places, one group of free places after the other.</summary>
    private static Choice? InGroups(List<FreeGroup> free, int count)
    {
        var best = new Choice?[count + 1, count + 1];
        foreach (var group in free)
        {
            // From many groups to few, so that none of what is free is taken twice.
            for (var groups = count - 1; groups >= 0; groups--)
            {
                for (var chosen = groups; chosen < count; chosen++)
                {
                    if ((chosen > 0 && best[groups, chosen] is null) || (groups == 0 && chosen > 0))
                    {
                        continue;
                    }

                    for (var more = 1; more <= Math.Min(group.Count, count - chosen); more++)
                    {
                        var choice = BestOf(group, more, best[groups, chosen]);
                        ref var known = ref best[groups + 1, chosen + more];
                        known = known is null || choice.Cost.CompareTo(known.Cost) < 0 ? choice : known;
                    }
                }
            }
        }

        return Enumerable.Range(1, count).Select(groups => best[groups, count]).FirstOrDefault(choice => choice is not null);
    }

    /// <summary>The best of a group of free places that is large enough.</summary>
    private static Choice BestOf(FreeGroup group, int count, Choice? others)
    {
        var (best, bestCost) = (group.Start, CostOf(group, group.Start, count));
        for (var start = group.Start + 1; start + count <= group.End; start++)
        {
            var cost = CostOf(group, start, count);
            if (cost.CompareTo(bestCost) < 0)
            {
                (best, bestCost) = (start, cost);
            }
        }

        return new Choice(group, best, count, others is null ? bestCost : bestCost.And(others.Cost), others);
    }

    private static Cost CostOf(FreeGroup group, int start, int count) => new(
        (start - group.FreeStart == 1 ? 1 : 0) + (group.FreeEnd - start - count == 1 ? 1 : 0), group.Stretch.Row, group.Stretch.FromMiddle(start, count));

    private static IEnumerable<FreeGroup> FreeOf(Stretch stretch, IReadOnlySet<int> taken, string? grade)
    {
        var places = stretch.Places;
        for (var start = 0; start < places.Count;)
        {
            if (taken.Contains(places[start].Key))
            {
                start++;
                continue;
            }

            var end = start + 1;
            while (end < places.Count && !taken.Contains(places[end].Key))
            {
                end++;
            }

            for (var from = start; from < end;)
            {
                var to = from;
                while (to < end && (grade is null || places[to].Grade == grade))
                {
                    to++;
                }

                if (to > from)
                {
                    yield return new FreeGroup(stretch, from, to, start, end);
                }

                from = to + 1;
            }

            start = end;
        }
    }

    /// <summary>Free places side by side, of the grade that is asked for, and the free places among which they lie. Ends are not included.</summary>
    private sealed record FreeGroup(Stretch Stretch, int Start, int End, int FreeStart, int FreeEnd)
    {
        public int Count => End - Start;
    }

    private sealed record Choice(FreeGroup From, int Start, int Count, Cost Cost, Choice? Others);

    /// <summary>The less the better, the first that differs decides. Of several groups: the sums.</summary>
    private readonly record struct Cost(int LeftAlone, int Rows, int FromMiddle) : IComparable<Cost>
    {
        public Cost And(Cost other) => new(LeftAlone + other.LeftAlone, Rows + other.Rows, FromMiddle + other.FromMiddle);

        public int CompareTo(Cost other) => (LeftAlone, Rows, FromMiddle).CompareTo((other.LeftAlone, other.Rows, other.FromMiddle));
    }
}

/// <summary>Places of a section.</summary>
/// <param name="Keys">In rising order.</param>
/// <param name="Groups">1 when they are side by side.</param>
/// <param name="LeftAlone">Places that are left alone by it.</param>
public sealed record BestChoice(IReadOnlyList<int> Keys, int Groups, int LeftAlone)
{
    /// <summary>No other section can have a better one.</summary>
    public bool IsPerfect => this is { Groups: 1, LeftAlone: 0 };

    /// <summary>Than the one of a section before it in the plan.</summary>
    public bool IsBetterThan(BestChoice? earlier) => earlier is null || (Groups, LeftAlone).CompareTo((earlier.Groups, earlier.LeftAlone)) < 0;
}
