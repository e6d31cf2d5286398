using Concert.Rush.Observation;

namespace Concert.Rush.Judging;

/// <summary>
/// How many places of a schedule are taken by what buyers saw. A hold that ended around the time of the audit may be counted by one reading and
/// not by the next: it is a maybe, and whoever compares accepts both.
/// </summary>
public sealed record LivePlaces(long Held, long Sold, long Maybe, long HeldReservations, long SoldReservations, long MaybeReservations)
{
    // Readings and clocks are not exact to the second.
    private static readonly TimeSpan Blur = TimeSpan.FromSeconds(5);

    public static LivePlaces Of(Evidence evidence, string scheduleId)
    {
        long held = 0, sold = 0, maybe = 0, heldCount = 0, soldCount = 0, maybeCount = 0;
        foreach (var reservation in evidence.Reservations.Where(r => r.ScheduleId == scheduleId))
        {
            if (IsMaybe(evidence, reservation))
            {
                (maybe, maybeCount) = (maybe + reservation.Seats.Count, maybeCount + 1);
            }
            else if (reservation.Status == Status.Confirmed)
            {
                (sold, soldCount) = (sold + reservation.Seats.Count, soldCount + 1);
            }
            else if (reservation.IsLive)
            {
                (held, heldCount) = (held + reservation.Seats.Count, heldCount + 1);
            }
        }

        return new LivePlaces(held, sold, maybe, heldCount, soldCount, maybeCount);
    }

    /// <summary>A hold that may or may not have been released when the schedule was read.</summary>
    public static bool IsMaybe(Evidence evidence, ReservationFact reservation) => reservation.Status switch
    {
        Status.Held => reservation.HoldExpiresAt <= evidence.To + Blur,
        Status.Expired => reservation.EndedAt is null || reservation.EndedAt >= evidence.From - Blur,
        _ => false,
    };

    public bool AllowsHeld(long places) => places >= Held && places <= Held + Maybe;

    public bool AllowsTaken(long places) => places >= Held + Sold && places <= Held + Sold + Maybe;
}
