using Concert.Booking.Ids;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Simulation.Buyers;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Checks;

/// <summary>
/// best: who asked for the best places has places that were the best at some moment shortly before, and who was told that there are none asked while there
/// were too few. What is free is taken from the commits, and the rule is written down here once more.
/// </summary>
public sealed class BestRules(World world, int seats)
{
    // An attempt with all its waits, on a map that a commit could not tell.
    private static readonly long Remembered = TimeSpan.FromMinutes(2).Ticks;

    private readonly List<(long From, HashSet<int> Free)> _states = [(0, [.. Enumerable.Range(1, seats)])];

    /// <summary>Whether the places of a reservation were chosen for it: its session says so.</summary>
    public static bool IsOfBest(string reservationId) =>
        ReservationId.TryParse(reservationId, out var id) && id.SessionId.EndsWith($":{ushort.MaxValue}", StringComparison.Ordinal);

    /// <summary>A section was changed.</summary>
    public void Changed(SectionRef section, IReadOnlyList<Change> changes)
    {
        if (section.IsInventory)
        {
            return;
        }

        foreach (var held in changes.Where(c => c.Before is null).Select(c => c.After?.Parsed).OfType<ReservationDocument>().Where(r => r.Status == ReservationStatus.Held))
        {
            List<int> chosen = [.. held.Seats!.Select(line => line.Number)];
            if (IsOfBest(held.IdIn(section).ToString()) && !Recent(world.Now - Remembered, world.Now).Any(free => IsBest(chosen, free)))
            {
                world.Fail("best", $"{held.Code[^6..]} was given {string.Join('+', chosen)} where {string.Join('+', _states[^1].Free.Order())} were free");
            }
        }

        HashSet<int> after = [.. _states[^1].Free];
        foreach (var change in changes)
        {
            if (change.After?.Parsed is SeatDocument { Status: not SeatStatus.Available } taken)
            {
                after.Remove(taken.Number);
            }
            else if (change.Before?.Parsed is SeatDocument freed)
            {
                after.Add(freed.Number);
            }
        }

        if (!after.SetEquals(_states[^1].Free))
        {
            _states.Add((world.Now, after));
        }
    }

    /// <summary>When all is over: nobody was refused what was there all the time.</summary>
    public void Judge(ClientLog log)
    {
        foreach (var story in log.Reservations.Where(s => s is { Best: not null, Last: { Status: ReservationStatus.Rejected, Reason: "sold-out" } }))
        {
            var (count, until) = (story.Best!.Count!.Value, story.Views.Where(v => v.Value.Status == ReservationStatus.Rejected).Min(v => v.To));
            if (Recent(story.AskedAt, until).All(free => story.Best.Together is true ? Windows(count, free).Any() : free.Count >= count))
            {
                world.Fail("best", $"{story.UserId} was told that {count} places were sold out, and they were free all the time");
            }
        }
    }

    /// <summary>What was free at some moment of a time.</summary>
    private IEnumerable<HashSet<int>> Recent(long from, long to) =>
        _states.Where((state, i) => state.From <= to && (i == _states.Count - 1 || _states[i + 1].From >= from)).Select(state => state.Free);

    private bool IsBest(List<int> chosen, HashSet<int> free)
    {
        var windows = Windows(chosen.Count, free).ToList();
        return chosen.TrueForAll(free.Contains)
            && (windows.Count == 0 || (windows.Exists(w => w.SequenceEqual(chosen.Order())) && LeftAlone(chosen, free) == windows.Min(w => LeftAlone(w, free))));
    }

    private IEnumerable<List<int>> Windows(int count, HashSet<int> free) =>
        Enumerable.Range(1, seats).Select(first => Enumerable.Range(first, count).ToList()).Where(w => w.TrueForAll(free.Contains) && RowOf(w[0]) == RowOf(w[^1]));

    private int LeftAlone(List<int> chosen, HashSet<int> free) =>
        free.Except(chosen).Count(seat => Neighbours(seat).Any(free.Contains) && !Neighbours(seat).Any(n => free.Contains(n) && !chosen.Contains(n)));

    private IEnumerable<int> Neighbours(int seat) => new[] { seat - 1, seat + 1 }.Where(n => RowOf(n) == RowOf(seat));

    /// <summary>The first half is one row, the rest another.</summary>
    private int RowOf(int seat) => seat <= (seats + 1) / 2 ? 1 : 2;
}
