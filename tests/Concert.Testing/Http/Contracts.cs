namespace Concert.Testing.Http;

// The shapes of the HTTP API as this client reads them. Statuses stay text: a black box may say more than we know.
public sealed record TokenAnswer(string? Token, string Status, long? Position, double? EstimatedWaitSeconds, DateTimeOffset? ExpiresAt = null);

public sealed record ConcertAnswer(string Id, string Name);

public sealed record SeatRange(int From, int To, long Price);

public sealed record SeatRequest(int Number, long Price);

/// <summary>One of a section's rows, at a price or in a grade.</summary>
public sealed record RowRequest(string Row, int From, int To, long? Price = null, string? Grade = null);

public sealed record GradeRequest(string Code, string Name, long Price);

/// <param name="Name">What it is called.</param>
/// <param name="Seats">A <see cref="SeatRange"/> or an array of <see cref="SeatRequest"/>; null where there are rows.</param>
/// <param name="Rows">Null where there are seats.</param>
public sealed record SectionRequest(string Name, object? Seats, IReadOnlyList<RowRequest>? Rows = null);

public sealed record InventoryRequest(string Name, int Quantity, long Price);

public sealed record ScheduleRequest(
    string ConcertId,
    DateTimeOffset OpenAt,
    DateTimeOffset CloseAt,
    DateTimeOffset BookingStartAt,
    DateTimeOffset BookingEndAt,
    IReadOnlyList<SectionRequest> Sections,
    IReadOnlyList<InventoryRequest> Inventories,
    IReadOnlyList<GradeRequest>? Grades = null,
    int? MaxPerUser = null);

public sealed record WebhookAnswer(string Id, string Url, IReadOnlyList<string> Events, string? Secret);

public sealed record SectionAnswer(string Name, IReadOnlyList<string> SeatIds);

public sealed record InventoryAnswer(string Id, string Name);

public sealed record ScheduleAnswer(string Id, IReadOnlyList<SectionAnswer> Sections, IReadOnlyList<InventoryAnswer> Inventories);

public sealed record ChangedAnswer(string Id, bool SalesPaused, int? MaxPerUser, IReadOnlyList<SectionAnswer> Sections);

public sealed record BlockedAnswer(string ConcertScheduleId, IReadOnlyList<string>? SeatIds, string? InventoryId, int? Quantity);

public sealed record ReportAnswer(
    long TotalSeats,
    long Available,
    long Held,
    long Sold,
    long ReservedSeats,
    IReadOnlyDictionary<string, long>? Reservations,
    long Charged,
    long Paid,
    long Refunded,
    long DeadLetters,
    long Blocked = 0)
{
    public CallOffAnswer? CallOff { get; init; }
}

/// <summary>How far a call-off has come, in reservations.</summary>
public sealed record CallOffAnswer(
    DateTimeOffset At, string Reason, long Total, long Ended, long Refunded, long RefundedAmount, long Left, DateTimeOffset? FinishedAt);

public sealed record CalledOffAnswer(string ConcertScheduleId, DateTimeOffset At, string Reason);

public sealed record CalledOff(DateTimeOffset At, string Reason);

public sealed record DateAnswer(string Id, long TotalSeats, long ReservedSeats)
{
    public CalledOff? CalledOff { get; init; }
}

public sealed record SeatAnswer(string Id, string? Status, string? Section = null, string? Row = null, string? SeatNumber = null, string? Grade = null, long? Price = null);

public sealed record SeatMapAnswer(IReadOnlyList<SeatAnswer> Seats);

public sealed record ReservedSeat(string Id, string? Section = null, string? Row = null, string? SeatNumber = null, string? Grade = null, long? Price = null);

public sealed record CancellationAnswer(DateTimeOffset At, long? RefundAmount);

public sealed record CancelledPlacesAnswer(DateTimeOffset At, IReadOnlyList<ReservedSeat>? Seats, int? Quantity, long Amount, long? RefundAmount);

public sealed record HistoryEntry(DateTimeOffset At, string Status, string? Reason);

public sealed record ReservationAnswer(
    string Id,
    string Status,
    string? Reason,
    string? ConcertScheduleId,
    IReadOnlyList<ReservedSeat>? Seats,
    int? Quantity,
    long? TotalAmount,
    DateTimeOffset? HoldExpiresAt,
    DateTimeOffset? CreatedAt,
    string? PaymentId,
    CancellationAnswer? Cancellation,
    IReadOnlyList<HistoryEntry>? History,
    IReadOnlyList<CancelledPlacesAnswer>? Cancellations = null)
{
    /// <summary>Only on the list of the schedule's staff.</summary>
    public string? UserId { get; init; }
}

public sealed record PaymentAnswer(string Id, string Status, string? Reason, string? ReservationId, long? TotalAmount, long? RefundAmount);

public sealed record TicketAnswer(string Code, string ReservationId, DateTimeOffset? UsedAt);

public sealed record CheckInAnswer(string Reservation, DateTimeOffset At);

public sealed record BalanceAnswer(long Balance);

public sealed record LedgerEntryAnswer(string Id, string Kind, long Amount, long BalanceAfter, string Reference);

public sealed record Page<T>(IReadOnlyList<T> Items, string? Continuation);

public sealed record Nothing;
