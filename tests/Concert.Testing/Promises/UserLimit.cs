namespace Concert.Testing.Promises;

/// <summary>limit: a user's live places in a schedule, over all its sections, are bounded, and what counts them counts every one.</summary>
public static class UserLimit
{
    public const string Id = "limit";

    /// <summary>At any moment. What has come back may still be named, until somebody needs its room.</summary>
    public static IEnumerable<BrokenPromise> Now(LimitEvidence user)
    {
        if (user.Counted.Values.Sum() > user.MaxPerUser)
        {
            yield return new(Id, $"{user.UserId} counts {user.Counted.Values.Sum()} places; at most {user.MaxPerUser} are allowed");
        }

        if (user.Live.Values.Sum() > user.MaxPerUser)
        {
            yield return new(Id, $"{user.UserId} has {user.Live.Values.Sum()} live places, at most {user.MaxPerUser} are allowed");
        }

        foreach (var (reservation, places) in user.Live)
        {
            // Of what was given back in part the list is told when somebody needs the room.
            if (user.Counted.GetValueOrDefault(reservation) < places)
            {
                yield return new(Id, $"{user.UserId} has {places} live places in {reservation}, counted as {user.Counted.GetValueOrDefault(reservation)}");
            }
        }
    }

    /// <summary>Nobody is refused while there is room: what has ended before the request does not count.</summary>
    /// <param name="user">Whose request it was.</param>
    /// <param name="reservation">What was refused as <c>limit-reached</c>.</param>
    /// <param name="wanted">Its places.</param>
    /// <param name="others">Places of all that was live, or could have become so, at any time since the request.</param>
    public static IEnumerable<BrokenPromise> Refused(LimitEvidence user, string reservation, int wanted, int others)
    {
        if (others + wanted <= user.MaxPerUser)
        {
            yield return new(Id, $"{reservation} of {user.UserId} was refused {wanted} places beside {others}; {user.MaxPerUser} are allowed");
        }
    }
}
