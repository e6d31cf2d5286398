using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;

namespace Concert.Booking.Reservations.Best;

/// <summary>A look for the best places of one section, or of all sections of a schedule, by what is known to be taken of them and what was read since.</summary>
/// <param name="taken">What is taken.</param>
/// <param name="schedule">Its sections; null for none.</param>
/// <param name="wanted">What is asked for.</param>
/// <param name="only">The only section to look in; null for all.</param>
internal sealed class BestSearch(ITakenSeats taken, ScheduleDocument? schedule, WantedPlaces wanted, SectionRef? only)
{
    private readonly Dictionary<SectionRef, TakenSeats> _read = [];

    private readonly List<(SectionRef Section, SectionPlan Plan)> _sections =
    [
        .. (schedule?.Sections ?? []).Select(plan => (Section: new SectionRef(schedule!.ScheduleId, plan.Key), plan))
            .Where(s => (only is null || only == s.Section) && (wanted.Grade is null || s.plan.Runs.Any(run => run.Grade == wanted.Grade))),
    ];

    /// <summary>Null when there are none, as far as is known.</summary>
    public async Task<(SectionRef Section, IReadOnlyList<int> Keys)?> FindAsync(CancellationToken cancellationToken)
    {
        List<SectionRef> unread = [.. _sections.Select(s => s.Section).Where(s => !_read.ContainsKey(s))];
        var known = unread.Count == 0 ? [] : await taken.KnownAsync(unread[0].ScheduleId, unread, cancellationToken);
        var all = unread.Zip(known).ToDictionary(s => s.First, s => s.Second);
        (SectionRef Section, BestChoice Choice)? best = null;
        foreach (var (section, plan) in _sections)
        {
            // In a full house only the numbers are looked at. What was read is looked at in any case: it may know of places that this plan does not have yet.
            if (_read.TryGetValue(section, out var places) || plan.SeatCount - (places = all[section]).Count >= wanted.Count)
            {
                var choice = BestPlaces.Choose(plan, places.Keys, wanted.Count, wanted.Grade, wanted.Together);
                best = choice is not null && choice.IsBetterThan(best?.Choice) ? (section, choice) : best;
            }

            if (best is { Choice.IsPerfect: true })
            {
                break;
            }
        }

        return best is { } found ? (found.Section, found.Choice.Keys) : null;
    }

    /// <summary>Reads a section: from now on that is what is known of it.</summary>
    public async Task ReadAsync(SectionRef section, CancellationToken cancellationToken) => _read[section] = await taken.ReadAsync(section, cancellationToken);

    /// <summary>Takes what was not read yet as it was after a moment. True when that is nothing.</summary>
    public async Task<bool> ReadAllAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        List<SectionRef> unread = [.. _sections.Select(s => s.Section).Where(s => !_read.ContainsKey(s))];
        foreach (var section in unread)
        {
            _read[section] = await taken.ReadSinceAsync(section, since, cancellationToken);
        }

        return unread.Count == 0;
    }
}
