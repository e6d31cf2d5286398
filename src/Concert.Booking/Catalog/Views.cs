using System.Text.Json;

namespace Concert.Booking.Catalog;

/// <summary>A concert with a schedule whose booking has not ended.</summary>
/// <param name="Id">The concert.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsOpen">Whether one of its schedules can be booked now.</param>
/// <param name="NextOpeningAt">When booking of another of its schedules begins, the soonest; absent when none is to come.</param>
public sealed record ConcertView(string Id, string Name, bool IsOpen, DateTimeOffset? NextOpeningAt);

/// <summary>One performance. Counts are of all its sections and inventories.</summary>
public sealed record ScheduleView(
    string Id,
    string ConcertId,
    DateTimeOffset OpenAt,
    DateTimeOffset CloseAt,
    DateTimeOffset BookingStartAt,
    DateTimeOffset BookingEndAt,
    long TotalSeats,
    long ReservedSeats);

/// <summary>A seat of the map; <see cref="Status"/> (AVAILABLE, HELD, SOLD) only when all were asked for. Price in won.</summary>
public sealed record SeatView(string Id, string Section, int SeatNumber, long Price, string? Status);

public sealed record InventoryView(string Id, string Name, long Price, long Quantity, long Available);

public sealed record SeatMapView(string ConcertScheduleId, IReadOnlyList<SeatView> Seats, IReadOnlyList<InventoryView> Inventories);

/// <summary>A rendered <see cref="SeatMapView"/> and its strong ETag (quotes included).</summary>
public sealed record SeatMap(string ETag, ReadOnlyMemory<byte> Json);

public sealed record CreatedConcert(string Id, string Name);

public sealed record CreatedSchedule(string Id, IReadOnlyList<CreatedSection> Sections, IReadOnlyList<CreatedInventory> Inventories);

public sealed record CreatedSection(string Name, IReadOnlyList<string> SeatIds);

public sealed record CreatedInventory(string Id, string Name);

public sealed record NewConcert(string? Name);

/// <summary>A schedule to create. Times with offset; prices in won.</summary>
public sealed record NewSchedule(
    string? ConcertId,
    DateTimeOffset? OpenAt,
    DateTimeOffset? CloseAt,
    DateTimeOffset? BookingStartAt,
    DateTimeOffset? BookingEndAt,
    IReadOnlyList<NewSection>? Sections,
    IReadOnlyList<NewInventory>? Inventories);

/// <summary>Seats are an array of <see cref="NewSeat"/> or one <see cref="NewSeatRange"/>; kept as JSON until validated.</summary>
public sealed record NewSection(string? Name, JsonElement Seats);

public sealed record NewSeat(int? Number, long? Price);

public sealed record NewSeatRange(int? From, int? To, long? Price);

public sealed record NewInventory(string? Name, int? Quantity, long? Price);

/// <summary>
/// What was sold, held and refunded. Counts are places, money is won. Held and sold are counted from the seats, and of inventories from the
/// reservations; <see cref="ReservedSeats"/> from the reservations, and of inventories from the counters: the two check each other. <see cref="Charged"/> is what all users together charged to their wallets.
/// </summary>
public sealed record ScheduleReport(
    long TotalSeats,
    long Available,
    long Held,
    long Sold,
    long ReservedSeats,
    IReadOnlyDictionary<string, long> Reservations,
    long Charged,
    long Paid,
    long Refunded,
    long DeadLetters);
