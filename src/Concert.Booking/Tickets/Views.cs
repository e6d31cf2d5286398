using Concert.Booking.Reservations;

namespace Concert.Booking.Tickets;

/// <summary>A ticket: the code that lets a reservation's people in. Times with offset.</summary>
/// <param name="Code">What is scanned at the door.</param>
/// <param name="ReservationId">The reservation.</param>
/// <param name="ConcertScheduleId">What it is for.</param>
/// <param name="ConcertName">The concert.</param>
/// <param name="OpenAt">Doors open.</param>
/// <param name="CloseAt">Doors close.</param>
/// <param name="Seats">As they are printed; empty for standing places.</param>
/// <param name="InventoryName">Where the standing places are.</param>
/// <param name="Quantity">How many standing places.</param>
/// <param name="UsedAt">When it was used; absent until then.</param>
public sealed record TicketView(
    string Code,
    string ReservationId,
    string ConcertScheduleId,
    string? ConcertName,
    DateTimeOffset OpenAt,
    DateTimeOffset CloseAt,
    IReadOnlyList<ReservedSeat> Seats,
    string? InventoryName,
    int? Quantity,
    DateTimeOffset? UsedAt);

/// <summary>A ticket that is shown at the door.</summary>
/// <param name="Code">What was scanned.</param>
/// <param name="ConcertScheduleId">The schedule that this door is for, so that a ticket for another is refused unused; null lets in to any.</param>
public sealed record CheckInRequest(string? Code, string? ConcertScheduleId = null);

/// <summary>A check-in: who may go in, and where to. Times with offset.</summary>
/// <param name="Reservation">The reservation's id.</param>
/// <param name="ConcertScheduleId">What the ticket is for.</param>
/// <param name="ConcertName">The concert.</param>
/// <param name="Seats">As they are printed; empty for standing places.</param>
/// <param name="InventoryName">Where the standing places are.</param>
/// <param name="Quantity">How many standing places.</param>
/// <param name="At">When the ticket was used.</param>
public sealed record CheckInView(
    string Reservation,
    string ConcertScheduleId,
    string? ConcertName,
    IReadOnlyList<ReservedSeat> Seats,
    string? InventoryName,
    int? Quantity,
    DateTimeOffset At);
