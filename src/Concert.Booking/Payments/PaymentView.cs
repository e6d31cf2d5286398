using Concert.Booking.States;
namespace Concert.Booking.Payments;

/// <summary>A receipt. Money in won.</summary>
public sealed record PaymentView(
    string Id,
    PaymentStatus Status,
    string? Reason,
    string ReservationId,
    IReadOnlyList<int> SeatNumbers,
    string? InventoryId,
    int? Quantity,
    string? ConcertName,
    DateTimeOffset? OpenDate,
    DateTimeOffset? CloseDate,
    long? TotalAmount,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt,
    long? RefundAmount);
