using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.States;

namespace Concert.Booking.Reservations;

/// <summary>A seat of a reservation as it is printed, at the price that it was held at.</summary>
public sealed record ReservedSeat(string Id, string Section, string? Row, string SeatNumber, string? Grade, long Price);

public sealed record HistoryEntry(DateTimeOffset At, ReservationStatus Status, string? Reason);

/// <summary>The end of a reservation, and what was refunded of it in all, won.</summary>
public sealed record CancellationView(DateTimeOffset At, long RefundAmount);

/// <summary>One cancellation, of a part or of all that was left.</summary>
/// <param name="At">When it was decided.</param>
/// <param name="Seats">What was given back; null for standing places.</param>
/// <param name="Quantity">How many standing places; null for seats.</param>
/// <param name="Amount">Their price, won.</param>
/// <param name="RefundAmount">Won; null when nothing had been paid.</param>
public sealed record CancelledPlaces(DateTimeOffset At, IReadOnlyList<ReservedSeat>? Seats, int? Quantity, long Amount, long? RefundAmount);

/// <summary>A reservation as its user sees it. Money in won; times with offset.</summary>
public sealed record ReservationView(
    string Id,
    ReservationStatus Status,
    string? Reason,
    string ConcertScheduleId,
    IReadOnlyList<ReservedSeat> Seats,
    string? InventoryId,
    int? Quantity,
    long? TotalAmount,
    DateTimeOffset? HoldExpiresAt,
    DateTimeOffset CreatedAt,
    string? PaymentId,
    CancellationView? Cancellation,
    IReadOnlyList<HistoryEntry> History,
    IReadOnlyList<CancelledPlaces>? Cancellations = null)
{
    /// <summary>The user: only on the buyer list.</summary>
    public string? UserId { get; init; }

    /// <summary>When its ticket was used.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>
    /// The refund that cancelling would bring; only for its user, and absent when nothing was paid, when it is too late, and when all of it comes back because
    /// the schedule is called off.
    /// </summary>
    public RefundOffer? Cancellable { get; init; }
}

/// <summary>Documents as their user sees them.</summary>
public static class ReservationViews
{
    /// <summary>Accepted and not decided yet: nothing is stored, the id alone says that it is genuine.</summary>
    public static ReservationView Pending(ReservationId id) => new(
        id.ToString(), ReservationStatus.Pending, null, id.Section.ScheduleId, [], id.Section.IsInventory ? id.Section.InventoryId : null, null, null,
        null, id.CreatedAt, null, null, [new HistoryEntry(id.CreatedAt, ReservationStatus.Pending, null)]);

    public static ReservationView View(SectionRef section, ReservationDocument document, ScheduleDocument schedule) =>
        new(
            document.IdIn(section).ToString(),
            document.Status,
            document.Reason,
            section.ScheduleId,
            [.. (document.Seats ?? []).Select(s => Seat(section, schedule, s.Number, s.Price))],
            section.IsInventory ? section.InventoryId : null,
            document.Quantity,
            document.Total,
            document.Status is ReservationStatus.Held or ReservationStatus.Paying ? Time(document.HoldEndsAt) : null,
            Time(document.CreatedAt)!.Value,
            document.Payment is { } payment ? new PaymentId(document.IdIn(section), payment).ToString() : null,
            document is { Status: ReservationStatus.Cancelled, Cancellations: [.., var last] }
                ? new CancellationView(Time(last.At)!.Value, document.Refunded ?? 0)
                : null,
            [.. document.History.Select(h => new HistoryEntry(Time(h.At)!.Value, h.Status, h.Reason))],
            document.Refunded is null ? null : [.. document.Cancellations!.Where(c => c.Done).Select(c => Cancelled(section, schedule, c))])
        {
            UsedAt = Time(document.Used?.At),
        };

    private static CancelledPlaces Cancelled(SectionRef section, ScheduleDocument schedule, CancellationRecord record) => new(
        Time(record.At)!.Value, record.Seats?.Select(s => Seat(section, schedule, s.Number, s.Price)).ToList(), record.Quantity, record.Amount, record.Refund);

    /// <summary>A place as it is printed, at the price that a reservation has it for.</summary>
    public static ReservedSeat Seat(SectionRef section, ScheduleDocument schedule, int key, long price)
    {
        var plan = schedule.Section(section.Section);
        var seat = plan?.Find(key);
        return new ReservedSeat(section.SeatId(key), plan?.Name ?? "", seat?.Run.Row, seat?.Label ?? "", seat?.Run.Grade, price);
    }

    private static DateTimeOffset? Time(long? unixMilliseconds) =>
        unixMilliseconds is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
