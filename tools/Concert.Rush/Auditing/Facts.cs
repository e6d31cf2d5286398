using Concert.Rush.Api;
using Concert.Rush.Observation;

namespace Concert.Rush.Auditing;

/// <summary>From the service's shapes to facts.</summary>
public static class Facts
{
    public static ReservationFact Of(ReservationAnswer answer, string userId, string scheduleId, bool unasked)
    {
        var history = answer.History ?? [];
        var wasHeld = answer.Status is not (Status.Pending or Status.Rejected);
        return new ReservationFact(answer.Id, userId, answer.ConcertScheduleId ?? scheduleId, answer.Status)
        {
            Seats = [.. (answer.Seats ?? []).Select(s => s.Id)],
            TotalAmount = answer.TotalAmount ?? 0,
            HeldAt = wasHeld ? At(history, Status.Held) ?? answer.CreatedAt : null,
            EndedAt = answer.Status switch
            {
                // Whichever is first: nobody else can have had the seat before both.
                Status.Cancelled => Earlier(answer.Cancellation?.At, At(history, Status.Cancelled)),
                Status.Expired => At(history, Status.Expired),
                _ => null,
            },
            HoldExpiresAt = answer.HoldExpiresAt,
            RefundAmount = answer.Cancellation?.RefundAmount,
            Unasked = unasked,
        };
    }

    public static ScheduleFact Of(Drill.Venue venue, ReportAnswer report, DateAnswer? date, SeatMapAnswer? map) => new(venue.ScheduleId, venue.ConcertId, venue.Seats.Count)
    {
        TotalSeats = report.TotalSeats,
        Available = report.Available,
        Held = report.Held,
        Sold = report.Sold,
        ReservedSeats = report.ReservedSeats,
        Reservations = report.Reservations ?? new Dictionary<string, long>(),
        Paid = report.Paid,
        Refunded = report.Refunded,
        DeadLetters = report.DeadLetters,
        DatesTotal = date?.TotalSeats,
        DatesReserved = date?.ReservedSeats,
        SeatMap = map?.Seats.DistinctBy(s => s.Id).ToDictionary(s => s.Id, s => s.Status ?? Status.Available),
    };

    private static DateTimeOffset? At(IReadOnlyList<HistoryEntry> history, string status) => history.FirstOrDefault(h => h.Status == status)?.At;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;
}
