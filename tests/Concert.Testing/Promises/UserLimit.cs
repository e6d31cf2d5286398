namespace Concert.Testing.Promises;

/// <summary>limit: a user's live places in a schedule, over all its sections, are bounded, and what counts them counts every one.</summary>
public static class UserLimit
{
    public const string Id = "limit";

    /// <summary>At any moment. What has just come back may still be counted.</summary>
    public static IEnumerable<BrokenPromise> Now(LimitEvidence user)
    {
        if (user.Count != user.Counted.Values.Sum() || user.Count > user.MaxPerUser)
        {
            yield return new(Id, $"{user.UserId} counts {user.Count} places, the entries {user.Counted.Values.Sum()}; at most {user.MaxPerUser} are allowed");
        }

        if (user.Live.Values.Sum() > user.MaxPerUser)
        {
            yield return new(Id, $"{user.UserId} has {user.Live.Values.Sum()} live places, at most {user.MaxPerUser} are allowed");
        }

        foreach (var (reservation, places) in user.Live)
        {
            if (user.Counted.GetValueOrDefault(reservation) != places)
            {
                yield return new(Id, $"{user.UserId} has {places} live places in {reservation}, counted as {user.Counted.GetValueOrDefault(reservation)}");
            }
        }
    }

    /// <summary>Once nothing is left to do: what has ended does not count.</summary>
    public static IEnumerable<BrokenPromise> Settled(LimitEvidence user) => Now(user).Concat(
        user.Counted.Keys.Where(reservation => !user.Live.ContainsKey(reservation))
            .Select(reservation => new BrokenPromise(Id, $"{user.UserId} still counts {user.Counted[reservation]} places of {reservation}, which has ended")));
}
