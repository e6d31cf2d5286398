using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.States;

namespace Concert.Booking.Reservations;

public sealed record ReservedSeat(string Id, string Section, int SeatNumber, long Price);

public sealed record HistoryEntry(DateTimeOffset At, ReservationStatus Status, string? Reason);

public sealed record CancellationView(DateTimeOffset At, long RefundAmount);

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
    IReadOnlyList<HistoryEntry> History)
{
    /// <summary>Who has it: only on the list of its schedule's staff.</summary>
    public string? UserId { get; init; }

    /// <summary>When its ticket was used.</summary>
    public DateTimeOffset? UsedAt { get; init; }
}

/// <summary>Documents as their user sees them.</summary>
public static class ReservationViews
{
    /// <summary>Accepted and not decided yet: nothing is stored, the id alone says that it is genuine.</summary>
    public static ReservationView Pending(ReservationId id) => new(
        id.ToString(), ReservationStatus.Pending, null, id.Section.ScheduleId, [], id.Section.IsInventory ? id.Section.InventoryId : null, null, null,
        null, id.CreatedAt, null, null, [new HistoryEntry(id.CreatedAt, ReservationStatus.Pending, null)]);

    public static ReservationView View(ReservationId id, ReservationDocument document, ScheduleDocument schedule)
    {
        var sectionName = schedule.Sections.FirstOrDefault(s => s.Key == id.Section.Section)?.Name ?? "";
        return new ReservationView(
            id.ToString(),
            document.Status,
            document.Reason,
            id.Section.ScheduleId,
            [.. (document.Seats ?? []).Select(s => new ReservedSeat(id.Section.SeatId(s.Number), sectionName, s.Number, s.Price))],
            id.Section.IsInventory ? id.Section.InventoryId : null,
            document.Quantity,
            document.Total,
            document.Status is ReservationStatus.Held or ReservationStatus.Paying ? Time(document.HoldEndsAt) : null,
            Time(document.CreatedAt)!.Value,
            document.Payment is { } payment ? new PaymentId(id, payment).ToString() : null,
            document is { Status: ReservationStatus.Cancelled, Cancellation: { } cancellation }
                ? new CancellationView(Time(cancellation.At)!.Value, cancellation.Refund)
                : null,
            [.. document.History.Select(h => new HistoryEntry(Time(h.At)!.Value, h.Status, h.Reason))])
        {
            UsedAt = Time(document.Used?.At),
        };
    }

    private static DateTimeOffset? Time(long? unixMilliseconds) =>
        unixMilliseconds is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
