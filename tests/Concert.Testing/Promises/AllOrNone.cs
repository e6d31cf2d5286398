namespace Concert.Testing.Promises;

/// <summary>S3: a reservation has all its places or none.</summary>
public static class AllOrNone
{
    public const string Id = "S3";

    /// <summary>Each seat of a live reservation is its own, with the same end of the hold. Needs seats that name their holders.</summary>
    public static IEnumerable<BrokenPromise> Seats(PlacesEvidence places)
    {
        if (!places.FromDocuments || places.Seats is not { } seats)
        {
            yield break;
        }

        foreach (var reservation in places.Reservations)
        {
            foreach (var number in reservation.IsLive ? reservation.Seats : [])
            {
                var seat = seats.GetValueOrDefault(number);
                if (seat?.Holder is null)
                {
                    yield return new(Id, $"{reservation.Status} {reservation.Id} has not its seat {number}, which is {seat?.Status ?? Status.Available}");
                }
                else if (seat.Holder == reservation.Id && reservation.Status == Status.Held && seat.HoldEndsAt != reservation.HoldEndsAt)
                {
                    yield return new(Id, $"Seat {number} says that the hold of {reservation.Id} ends at {seat.HoldEndsAt}, not at {reservation.HoldEndsAt}");
                }
            }
        }
    }

    /// <summary>What was held is what was asked for. Needs requests.</summary>
    public static IEnumerable<BrokenPromise> Requests(SaleEvidence sale)
    {
        var asked = (sale.Requests ?? []).Where(r => r is { Id: not null, Places: > 0 }).ToLookup(r => r.Id!, StringComparer.Ordinal);
        foreach (var reservation in sale.Reservations)
        {
            // One key may have come with two bodies: it is one of them.
            if (reservation.Status is not (Status.Pending or Status.Rejected) && asked[reservation.Id].FirstOrDefault() is { } request && !asked[reservation.Id].Any(r => IsMet(r, reservation)))
            {
                yield return new(
                    Id, $"{reservation.Id} had {reservation.FirstPlaces} places [{string.Join(' ', reservation.FirstSeats)}]; asked for were {request.Places} [{string.Join(' ', request.Seats)}]");
            }
        }
    }

    private static bool IsMet(RequestFact request, ReservationFact reservation) => request.Places == reservation.FirstPlaces
        && (request.Seats.Count == 0 || request.Seats.ToHashSet(StringComparer.Ordinal).SetEquals(reservation.FirstSeats));
}
