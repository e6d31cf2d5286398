using Concert.Booking.Ids;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Simulation.Buyers;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Simulation.Sale;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Checks;

/// <summary>
/// best: who asked for the best places has places that were the best at some moment shortly before, and who was told that there are none asked while there
/// were too few. What is free is taken from the commits, and the rule is written down here once more.
/// </summary>
public sealed class BestRules(World world, SaleSettings settings)
{
    // An attempt with all its waits, on a map that a commit could not tell.
    private static readonly long Remembered = TimeSpan.FromMinutes(2).Ticks;

    // How far apart clocks may be: by one a request is accepted, by another the house was read.
    private static readonly long Skew = TimeSpan.FromSeconds(10).Ticks;

    private readonly int[][] _sections =
        [[.. Enumerable.Range(1, settings.Seats)], .. settings.MoreSeats == 0 ? [] : new[] { Enumerable.Range(House.FirstMore, settings.MoreSeats).ToArray() }];

    private readonly List<(long From, HashSet<int> Free)> _states =
        [(0, [.. Enumerable.Range(1, settings.Seats), .. Enumerable.Range(House.FirstMore, settings.MoreSeats)])];

    private readonly Dictionary<string, (long At, List<int> Chosen)> _held = new(StringComparer.Ordinal);

    /// <summary>Whether the places of a reservation were chosen for it: its session says so.</summary>
    public static bool IsOfBest(string reservationId) =>
        ReservationId.TryParse(reservationId, out var id) && id.SessionId.EndsWith($":{ushort.MaxValue}", StringComparison.Ordinal);

    /// <summary>A reservation that was not there before, or only a note that its request had moved on.</summary>
    public static bool IsNewHold(Change change) =>
        change is { Before: null or { Parsed: ReservationDocument { Moved: not null } }, After.Parsed: ReservationDocument { Status: ReservationStatus.Held } };

    /// <summary>A section was changed.</summary>
    public void Changed(SectionRef section, IReadOnlyList<Change> changes)
    {
        if (section.IsInventory)
        {
            return;
        }

        foreach (var held in changes.Where(IsNewHold).Select(c => (ReservationDocument)c.After!.Parsed!))
        {
            List<int> chosen = [.. held.Seats!.Select(line => line.Number)];
            var id = held.IdIn(section).ToString();
            if (!IsOfBest(id))
            {
                continue;
            }

            _held[id] = (world.Now, chosen);
            if (!Recent(world.Now - Remembered, world.Now).Any(free => IsBest(chosen, free)))
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

    /// <summary>When all is over: nobody was refused what was there all the time, or given places of one section while another had better ones all the time.</summary>
    public void Judge(ClientLog log)
    {
        var skew = world.Faults.Plan.HasSkew ? Skew : 0;
        foreach (var story in log.Reservations.Where(s => s is { Best: not null, Last: { Status: ReservationStatus.Rejected, Reason: "sold-out" } }))
        {
            var (count, until) = (story.Best!.Count!.Value, story.Views.Where(v => v.Value.Status == ReservationStatus.Rejected).Min(v => v.To));
            var recent = Recent(story.AskedAt - skew, until).ToList();
            if (SectionsOf(story).Any(section => recent.TrueForAll(free =>
                story.Best.Together is true ? Windows(section, count, free).Any() : section.Count(free.Contains) >= count)))
            {
                world.Fail("best", $"{story.UserId} was told that {count} places were sold out, and they were free all the time");
            }
        }

        foreach (var story in log.Reservations.Where(s => s is { Best.Section: null, Id: not null } && _held.ContainsKey(s.Id)))
        {
            var (at, chosen) = _held[story.Id!];
            var mine = Array.FindIndex(_sections, section => section.Contains(chosen[0]));

            // A map may be two seconds old, by Redis's word.
            var recent = Recent(Math.Max(0, Math.Min(story.AskedAt, at) - skew - (5 * SimCaches.MapMaxAge.Ticks)), at).ToList();
            if (_sections.Where((_, i) => i != mine).Any(other => recent.TrueForAll(free => IsBetter(other, chosen, mine, free))))
            {
                world.Fail("best", $"{story.UserId} was given {string.Join('+', chosen)}, and another section had better places all the time");
            }
        }
    }

    private IEnumerable<int[]> SectionsOf(ReservationStory story) => story.Best!.Section is null ? _sections : _sections.Take(1);

    /// <summary>Whether a section has places side by side that leave fewer alone than those chosen in mine, or as few in a section before it.</summary>
    private bool IsBetter(int[] section, List<int> chosen, int mine, HashSet<int> free)
    {
        var windows = Windows(section, chosen.Count, free).ToList();
        if (windows.Count == 0)
        {
            return false;
        }

        // Their own commit is not in every state of the time: then they are not free, and nothing is left alone by them.
        var (best, own) = (windows.Min(w => LeftAlone(w, free)), LeftAlone(chosen, free));
        return !Windows(_sections[mine], chosen.Count, free).Any(w => w.SequenceEqual(chosen.Order())) || best < own || (best == own && section[0] < chosen[0]);
    }

    /// <summary>What was free at some moment of a time.</summary>
    private IEnumerable<HashSet<int>> Recent(long from, long to) =>
        _states.Where((state, i) => state.From <= to && (i == _states.Count - 1 || _states[i + 1].From >= from)).Select(state => state.Free);

    /// <summary>Among the places of its own section.</summary>
    private bool IsBest(List<int> chosen, HashSet<int> free)
    {
        var windows = Windows(_sections.First(section => section.Contains(chosen[0])), chosen.Count, free).ToList();
        return chosen.TrueForAll(free.Contains)
            && (windows.Count == 0 || (windows.Exists(w => w.SequenceEqual(chosen.Order())) && LeftAlone(chosen, free) == windows.Min(w => LeftAlone(w, free))));
    }

    private IEnumerable<List<int>> Windows(int[] section, int count, HashSet<int> free) =>
        section.Select(first => Enumerable.Range(first, count).ToList()).Where(w => w.TrueForAll(free.Contains) && RowOf(w[0]) == RowOf(w[^1]));

    private int LeftAlone(List<int> chosen, HashSet<int> free) =>
        free.Except(chosen).Count(seat => Neighbours(seat).Any(free.Contains) && !Neighbours(seat).Any(n => free.Contains(n) && !chosen.Contains(n)));

    private IEnumerable<int> Neighbours(int seat) => new[] { seat - 1, seat + 1 }.Where(n => RowOf(n) == RowOf(seat));

    /// <summary>The first half of the first section is one row, the rest another; the second section is one.</summary>
    private int RowOf(int seat) => seat >= House.FirstMore ? 3 : seat <= (settings.Seats + 1) / 2 ? 1 : 2;
}
