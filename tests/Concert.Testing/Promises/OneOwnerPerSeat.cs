namespace Concert.Testing.Promises;

/// <summary>S1: a seat has at most one live reservation, and that is the one it names.</summary>
public static class OneOwnerPerSeat
{
    public const string Id = "S1";

    /// <summary>At one moment.</summary>
    public static IEnumerable<BrokenPromise> Now(PlacesEvidence places)
    {
        var owners = new Dictionary<string, ReservationFact>(StringComparer.Ordinal);
        foreach (var reservation in places.Reservations)
        {
            if (!reservation.IsLive || reservation.IsBlurred)
            {
                continue;
            }

            foreach (var seat in reservation.Seats)
            {
                if (!owners.TryAdd(seat, reservation) && owners[seat] != reservation)
                {
                    yield return new(Id, $"Seat {seat} is in {owners[seat].Id} ({owners[seat].Status}) and in {reservation.Id} ({reservation.Status})");
                }
            }
        }

        if (!places.FromDocuments || places.Seats is null)
        {
            yield break;
        }

        foreach (var (seat, fact) in places.Seats)
        {
            if (fact.Holder is { } holder && owners.GetValueOrDefault(seat)?.Id != holder
                && !places.Reservations.Any(r => r.Id == holder && r.IsLive && r.Seats.Contains(seat, StringComparer.Ordinal)))
            {
                yield return new(
                    Id, $"Seat {seat} is {fact.Status} by {holder}, whose reservation is {places.Reservations.FirstOrDefault(r => r.Id == holder)?.Status ?? "absent"} and has it not");
            }
        }
    }

    /// <summary>At any moment: the lives of a seat's reservations, by their histories, follow one another.</summary>
    /// <param name="places">Needs histories.</param>
    /// <param name="skew">How far apart the clocks that wrote them may be, in ms.</param>
    public static IEnumerable<BrokenPromise> OverTime(PlacesEvidence places, long skew)
    {
        var lives = places.Reservations.Where(r => r.Was(Status.Held) || r.IsLive).SelectMany(r =>
            r.Seats.Distinct(StringComparer.Ordinal).Select(seat => (Seat: seat, Life: LifeOf(r)))
                .Concat(r.Parts.SelectMany(part => part.Seats.Select(seat => (Seat: seat, Life: LifeOf(r) with { To = part.At })))));
        foreach (var seat in lives.GroupBy(l => l.Seat, l => l.Life, StringComparer.Ordinal))
        {
            (string Id, long From, long To)? longest = null;
            foreach (var life in seat.OrderBy(l => l.From).ThenBy(l => l.To))
            {
                if (longest is { } before && Math.Min(before.To, life.To) - life.From > skew)
                {
                    yield return new(Id, $"Seat {seat.Key} was {before.Id}'s until {Text(before.To)} and {life.Id}'s from {Text(life.From)}");
                }

                longest = longest is null || life.To > longest.Value.To ? life : longest;
            }
        }
    }

    private static (string Id, long From, long To) LifeOf(ReservationFact reservation)
    {
        var from = At(reservation, Status.Held) ?? 0;
        return (reservation.Id, from, reservation.Status switch
        {
            Status.Cancelled => At(reservation, Status.Cancelled) ?? from,
            // Whoever comes after the hold's end may take it over before a timer has noticed.
            Status.Expired => Math.Min(At(reservation, Status.Expired) ?? long.MaxValue, reservation.HoldEndsAt ?? long.MaxValue),
            Status.Held => reservation.HoldEndsAt ?? long.MaxValue,
            _ => long.MaxValue,
        });
    }

    private static long? At(ReservationFact reservation, string status) =>
        reservation.History.Any(h => h.Status == status) ? reservation.History.First(h => h.Status == status).At : null;

    private static string Text(long at) => at == long.MaxValue ? "now" : $"{DateTimeOffset.FromUnixTimeMilliseconds(at):HH:mm:ss.fff}";
}
