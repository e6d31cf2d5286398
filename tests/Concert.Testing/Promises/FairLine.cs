namespace Concert.Testing.Promises;

/// <summary>Q1: one place a user, positions unique, active ≤ limit, nobody overtakes.</summary>
public static class FairLine
{
    public const string Id = "Q1";

    public static IEnumerable<BrokenPromise> Check(RoomEvidence room)
    {
        var (active, first) = (0, long.MaxValue);
        var (users, positions) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<long?>());
        foreach (var member in room.Members)
        {
            active += member.Status == Status.Active ? 1 : 0;
            first = member.Status == Status.Waiting ? Math.Min(first, member.Order) : first;
            if (!users.Add(member.UserId))
            {
                yield return new(Id, $"{member.UserId} has more than one place in {room.Name}");
            }

            if (member.Status == Status.Waiting && !positions.Add(member.Position))
            {
                yield return new(Id, $"Two members of {room.Name} have position {member.Position}, one of them {member.UserId}");
            }
        }

        if (active > room.MaxActive)
        {
            yield return new(Id, $"{room.Name} has {active} active members; the limit is {room.MaxActive}");
        }

        foreach (var member in room.Members)
        {
            if (member.WasJustAdmitted && member.Order > first)
            {
                yield return new(Id, $"{member.UserId} was admitted to {room.Name} before somebody who came first");
            }
        }
    }

    /// <summary>
    /// From outside: nobody's position grows or is lost, and of two the one who came later is not further ahead.
    /// </summary>
    /// <param name="backToFront">Read in this order, from the last of the line to the first, so that who is further ahead was read later.</param>
    public static IEnumerable<BrokenPromise> Line(IEnumerable<PlaceInLine> backToFront)
    {
        var behind = long.MaxValue;
        foreach (var place in backToFront)
        {
            if (place.Now is not { } now)
            {
                yield return new(Id, $"{place.UserId} was at {place.Before} and has no place any more");
                continue;
            }

            if (now < 0 || now > place.Before || (now > 0 && now >= behind))
            {
                yield return new(Id, $"{place.UserId} was at {place.Before} and is at {now}, with {behind} behind");
            }

            behind = now;
        }
    }
}
