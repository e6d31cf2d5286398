namespace Concert.Testing.Promises;

/// <summary>limit: a user's live places are bounded, and counted right.</summary>
public static class UserLimit
{
    public const string Id = "limit";

    public static IEnumerable<BrokenPromise> Check(PlacesEvidence places)
    {
        if (places.MaxPerUser is null && places.CountedPerUser is null)
        {
            yield break;
        }

        var live = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var reservation in places.Reservations)
        {
            if (reservation is { IsLive: true, IsBlurred: false })
            {
                live[reservation.UserId] = live.GetValueOrDefault(reservation.UserId) + reservation.Places;
            }
        }

        foreach (var (user, has) in live)
        {
            if (has > places.MaxPerUser)
            {
                yield return new(Id, $"{user} has {has} live places in {places.Id}, at most {places.MaxPerUser} are allowed");
            }

            if (places.CountedPerUser is { } counts && counts.GetValueOrDefault(user) != has)
            {
                yield return new(Id, $"{user} has {has} live places in {places.Id}, counted as {counts.GetValueOrDefault(user)}");
            }
        }

        foreach (var (user, counted) in places.CountedPerUser ?? new Dictionary<string, int>())
        {
            if (counted != 0 && !live.ContainsKey(user))
            {
                yield return new(Id, $"{user} has no live place in {places.Id}, counted as {counted}");
            }
        }
    }
}
