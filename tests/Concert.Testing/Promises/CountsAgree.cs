namespace Concert.Testing.Promises;

/// <summary>S4: held + sold + blocked + left = capacity, and everything that counts places counts those of the reservations.</summary>
public static class CountsAgree
{
    public const string Id = "S4";

    /// <summary>Each source's numbers go together, and with what was put on sale.</summary>
    public static IEnumerable<BrokenPromise> AddUp(PlacesEvidence places)
    {
        if (places.FromDocuments && places.Counts.Count == 0)
        {
            yield return new(Id, $"{places.Id} has no counters");
        }

        foreach (var count in places.Counts)
        {
            var total = places.Capacity ?? count.Total;
            if (count.Available < 0 || count.Held < 0 || count.Sold < 0 || count.Blocked < 0 || count.Reserved < 0)
            {
                yield return Broken(places, count, "a number is below zero");
            }
            else if (count.Total is { } said && said != total)
            {
                yield return Broken(places, count, $"there are {total} places");
            }
            else if (count.Reserved is { } reserved && count.Held + count.Sold is { } taken && reserved != taken)
            {
                yield return Broken(places, count, $"reserved is not {taken}");
            }
            else if (total is { } all && (count.Available + count.Held + count.Sold + (count.Blocked ?? 0) ?? all) != all)
            {
                yield return Broken(places, count, $"available, held, sold and blocked are not {all}");
            }
            else if (total is { } most && (count.Held + count.Sold + (count.Blocked ?? 0) > most || count.Reserved > most))
            {
                yield return Broken(places, count, $"more is taken than the {most} there are");
            }
        }
    }

    /// <summary>Each source counts what the reservations have.</summary>
    public static IEnumerable<BrokenPromise> CountReservations(PlacesEvidence places)
    {
        var (held, blurred, sold, holds, blurs, sales) = (0L, 0L, 0L, 0L, 0L, 0L);
        foreach (var reservation in places.Reservations)
        {
            switch (reservation)
            {
                case { IsBlurred: true }: (blurred, blurs) = (blurred + reservation.Places, blurs + 1); break;
                case { IsHold: true }: (held, holds) = (held + reservation.Places, holds + 1); break;
                case { Status: Status.Confirmed }: (sold, sales) = (sold + reservation.Places, sales + 1); break;
            }
        }

        foreach (var count in places.Counts)
        {
            if (count.Held < held || count.Held > held + blurred || (count.Sold ?? sold) != sold)
            {
                yield return Broken(places, count, $"its reservations hold {held} and have bought {sold}");
            }
            else if (count.Reservations is { } by
                && ((by.GetValueOrDefault(Status.Held) + by.GetValueOrDefault(Status.Paying)) is var told && (told < holds || told > holds + blurs) || by.GetValueOrDefault(Status.Confirmed) != sales))
            {
                yield return new(
                    Id, $"{places.Id}: the {count.Source} counts reservations [{string.Join(", ", by.Select(b => $"{b.Value} {b.Key}"))}]; there are {holds} holds and {sales} sales");
            }
        }
    }

    /// <summary>Seats counted one by one are as many as each source says. Needs seats.</summary>
    public static IEnumerable<BrokenPromise> CountSeats(PlacesEvidence places)
    {
        if (places.Seats is not { } seats)
        {
            yield break;
        }

        if (!places.FromDocuments && places.Numbered is { } numbered && seats.Count != numbered)
        {
            yield return new(Id, $"{places.Id}: the map shows {seats.Count} seats of {numbered}");
        }

        if (places.FromDocuments)
        {
            var (held, sold, blocked) = (0, 0, 0);
            foreach (var seat in seats.Values)
            {
                held += seat.Status == Status.Held ? 1 : 0;
                sold += seat.Status == Status.Sold ? 1 : 0;
                blocked += seat.Status == Status.Blocked ? 1 : 0;
            }

            foreach (var count in places.Counts)
            {
                if ((count.Held ?? held) != held || (count.Sold ?? sold) != sold || (count.Blocked ?? blocked) != blocked)
                {
                    yield return Broken(places, count, $"of its seats {held} are held, {sold} are sold and {blocked} are blocked");
                }
            }
        }
    }

    /// <summary>All sources say the same.</summary>
    public static IEnumerable<BrokenPromise> SourcesAgree(PlacesEvidence places)
    {
        var blurred = places.Reservations.Where(r => r.IsBlurred).Sum(r => r.Places);
        foreach (var count in places.Counts.Skip(1))
        {
            var first = places.Counts[0];
            if (Math.Abs((count.Reserved - first.Reserved) ?? 0) > blurred || (count.Total ?? first.Total) != first.Total)
            {
                yield return Broken(places, count, $"the {first.Source} says {first.Reserved} reserved of {first.Total}");
            }
        }
    }

    private static BrokenPromise Broken(PlacesEvidence places, CountFact count, string but) => new(
        Id, $"{places.Id}: the {count.Source} says total {count.Total}, available {count.Available}, held {count.Held}, sold {count.Sold}, blocked {count.Blocked}, reserved {count.Reserved}; {but}");
}
