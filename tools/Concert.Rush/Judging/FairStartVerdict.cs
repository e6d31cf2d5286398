using Concert.Rush.Observation;

namespace Concert.Rush.Judging;

/// <summary>Fair start, from outside: nobody is in before the opening, one draw gives the places, who comes later stands behind, and admission goes by it.</summary>
public static class FairStartVerdict
{
    /// <summary>What is known of the service's clock, and what instances may differ by.</summary>
    private static readonly TimeSpan ClockError = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DrawnEverywhere = TimeSpan.FromSeconds(5);

    public static IEnumerable<Verdict> Judge(DrillEvidence evidence) => evidence.FairStart is { } start
        ? [NobodyInBefore(start), DrawnOnce(start), EarlyBeforeLate(start), AdmittedInOrder(start)]
        : [];

    private static Verdict NobodyInBefore(FairStartFact start)
    {
        var faults = new List<string>();
        var early = Tokens(start, start.Early);
        if (early.Count == 0)
        {
            faults.Add("nobody could join before the opening; give --opens-in more time");
        }

        foreach (var token in start.Tokens.Values)
        {
            faults.AddRange(token.Sightings.Where(s => s.Answered < start.OpensAt - ClockError && s is not { Status: Status.Early, Position: null }).Take(1)
                .Select(s => $"{token.UserId} was {s.Status} {s.Position} before the opening".Replace("  ", " ", StringComparison.Ordinal)));
        }

        // One draw: when one has a place all have.
        var drawn = early.SelectMany(t => t.Sightings).Where(s => s.Status != Status.Early).Select(s => s.Answered).Append(start.OpensAt + DrawnEverywhere).Min();
        faults.AddRange(early.Where(t => t.Sightings.Any(s => s.Status == Status.Early && s.Asked > drawn)).Select(t => $"{t.UserId} was EARLY after the draw"));
        return Verdict.From("Nobody in before the opening", "Q1", faults, $"{early.Count:N0} joined early, all EARLY and without a position until then");
    }

    private static Verdict DrawnOnce(FairStartFact start)
    {
        const string Name = "One draw, by lot";
        if (start.Drawn is not { } drawn)
        {
            return Verdict.From(Name, "Q1", ["the line never stood still, so the draw could not be seen"], "");
        }

        var faults = Numbered(drawn).ToList();
        var draw = DrawOrder.Of([.. start.Early.Select(t => drawn.GetValueOrDefault(t, -1))]);
        if (draw.Fault is { } unfair)
        {
            faults.Add(unfair);
        }

        if (start.Joined is { } again)
        {
            var order = start.Early.Where(t => again.GetValueOrDefault(t) > 0 && drawn.GetValueOrDefault(t) > 0).OrderBy(t => drawn[t]).ToList();
            faults.AddRange(order.Zip(order.Skip(1)).Where(two => again[two.First] >= again[two.Second])
                .Select(two => $"{User(start, two.Second)} was behind {User(start, two.First)}, and asked again is not"));
        }

        var judged = draw.IsJudged ? $"{draw.Z:F1} standard deviations from no correlation with the order of joining" : "too few have a place to judge the lot";
        return Verdict.From(Name, "Q1", faults, $"{draw.Admitted:N0} admitted first, then places 1 to {draw.Waiting:N0}; {judged}");
    }

    private static Verdict EarlyBeforeLate(FairStartFact start)
    {
        var faults = Tokens(start, start.Early)
            .Where(t => t.Sightings.FirstOrDefault(s => s.Status is Status.Ended or Status.Active)?.Status == Status.Ended)
            .Select(t => $"{t.UserId} lost the place").ToList();
        if (start.Joined is not { } places)
        {
            return Verdict.From("Who came early goes first", "Q1", [.. faults, "the line never stood still after others had joined"], "");
        }

        faults.AddRange(Numbered(places));
        faults.AddRange((start.Drawn ?? places).Concat(places).Where(p => p.Value < 0).Select(p => p.Key).Distinct().Select(t => $"{User(start, t)} has no place"));
        var last = start.Early.Select(t => places.GetValueOrDefault(t)).DefaultIfEmpty().Max();
        faults.AddRange(start.Late.Where(t => places.GetValueOrDefault(t) < last).Select(t => $"{User(start, t)} came late and is at {places.GetValueOrDefault(t)}, before somebody early at {last}"));
        return Verdict.From("Who came early goes first", "Q1", faults, $"{start.Late.Count:N0} came late, all behind the {start.Early.Count:N0} early ones");
    }

    private static Verdict AdmittedInOrder(FairStartFact start)
    {
        var faults = new List<string>();
        foreach (var token in start.Tokens.Values)
        {
            var positions = token.Sightings.Where(s => s.Position is not null).Select(s => s.Position!.Value).ToList();
            faults.AddRange(positions.Zip(positions.Skip(1)).Where(two => two.Second > two.First).Take(1)
                .Select(two => $"{token.UserId} was at {two.First} and then at {two.Second}"));
        }

        // Who is asked for after somebody behind was seen active must be active too.
        var (stillWaiting, ahead) = (DateTimeOffset.MinValue, "");
        foreach (var token in Tokens(start, Line(start)))
        {
            if (token.Sightings.FirstOrDefault(s => s.Status == Status.Active) is { } active && active.Answered < stillWaiting)
            {
                faults.Add($"{token.UserId} was admitted before {ahead}");
            }

            if (token.Sightings.LastOrDefault(s => s.Status == Status.Waiting) is { } waiting && waiting.Asked > stillWaiting)
            {
                (stillWaiting, ahead) = (waiting.Asked, token.UserId);
            }
        }

        var most = MostActive(start);
        if (most > start.MaxActive)
        {
            faults.Add($"{most} were active at once; the limit is {start.MaxActive} (--max-active)");
        }

        return Verdict.From("Admitted in the drawn order", "Q1", faults, $"nobody overtook, no position grew, at most {most:N0} active at once");
    }

    /// <summary>How many were active at the same time for certain: from the answer that says so to what may end it.</summary>
    public static int MostActive(FairStartFact start)
    {
        var (now, most) = (0, 0);
        foreach (var (_, step) in start.Tokens.Values.SelectMany(Steps).OrderBy(s => s.At).ThenBy(s => s.Step))
        {
            now += step;
            most = Math.Max(most, now);
        }

        return most;
    }

    private static IEnumerable<(DateTimeOffset At, int Step)> Steps(TokenFact token)
    {
        if (token.Sightings.FirstOrDefault(s => s.Status == Status.Active) is not { } active)
        {
            return [];
        }

        DateTimeOffset?[] ends = [token.Ending, active.ActiveUntil - ClockError];
        var end = ends.Min() ?? DateTimeOffset.MaxValue;
        return end > active.Answered ? [(active.Answered, 1), (end, -1)] : [];
    }

    /// <summary>Who waited when the line was looked at, from the first to the last.</summary>
    private static IEnumerable<string> Line(FairStartFact start)
    {
        var (drawn, joined) = (start.Drawn ?? new Dictionary<string, long>(), start.Joined ?? new Dictionary<string, long>());
        return start.Early.Where(t => drawn.GetValueOrDefault(t) > 0).OrderBy(t => drawn[t])
            .Concat(start.Late.Where(t => joined.GetValueOrDefault(t) > 0).OrderBy(t => joined[t]));
    }

    /// <summary>Places are 1 to as many as wait.</summary>
    private static IEnumerable<string> Numbered(IReadOnlyDictionary<string, long> places)
    {
        var waiting = places.Values.Where(p => p > 0).Order().ToList();
        return waiting.Where((place, i) => place != i + 1).Take(1).Select(place => $"the {waiting.Count} places of those who wait are not 1 to {waiting.Count}: there is a {place} too much");
    }

    private static List<TokenFact> Tokens(FairStartFact start, IEnumerable<string> tokens) => [.. tokens.Select(t => start.Tokens.GetValueOrDefault(t)).OfType<TokenFact>()];

    private static string User(FairStartFact start, string token) => start.Tokens.GetValueOrDefault(token)?.UserId ?? "somebody";
}
