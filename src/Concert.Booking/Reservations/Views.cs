namespace Concert.Booking.Reservations;

public static class ReservationStatus
{
    public const string Pending = "PENDING";
    public const string Held = "HELD";
    public const string Paying = "PAYING";
    public const string Confirmed = "CONFIRMED";
    public const string Cancelled = "CANCELLED";
    public const string Expired = "EXPIRED";
    public const string Rejected = "REJECTED";
}

/// <summary>A seat of a reservation as it is printed, at the price that it was held at.</summary>
public sealed record ReservedSeat(string Id, string Section, string? Row, string SeatNumber, string? Grade, long Price);

public sealed record HistoryEntry(DateTimeOffset At, string Status, string? Reason);

public sealed record CancellationView(DateTimeOffset At, long RefundAmount);

/// <summary>A reservation as its user sees it. Money in won; times with offset.</summary>
public sealed record ReservationView(
    string Id,
    string Status,
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
    IReadOnlyList<HistoryEntry> History);

/// <summary>What a buyer asks for: one of the three forms.</summary>
public sealed record ReservationRequest(string? SeatId, IReadOnlyList<string>? SeatIds, string? InventoryId, int? Quantity);
