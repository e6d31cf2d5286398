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
    long ReservedSeats,
    CalledOff? CalledOff = null);

/// <summary>A schedule as staff choose one, whatever has become of it.</summary>
public sealed record ScheduleSummary(
    string Id,
    string ConcertId,
    string ConcertName,
    DateTimeOffset OpenAt,
    DateTimeOffset CloseAt,
    DateTimeOffset BookingStartAt,
    DateTimeOffset BookingEndAt,
    bool SalesPaused,
    CalledOff? CalledOff);

/// <summary>
/// A seat of the map. <see cref="Row"/> and <see cref="SeatNumber"/> are what is printed; price in won; <see cref="Status"/> (AVAILABLE, HELD, SOLD, BLOCKED) only
/// when all were asked for.
/// </summary>
public sealed record SeatView(string Id, string Section, string? Row, string SeatNumber, string? Grade, long Price, string? Status);

public sealed record InventoryView(string Id, string Name, long Price, long Quantity, long Available);

/// <summary>The places that can be had of a schedule; <see cref="Overview"/> alone when its sections were asked for instead of their seats.</summary>
public sealed record SeatMapView(
    string ConcertScheduleId, IReadOnlyList<SeatView> Seats, IReadOnlyList<InventoryView> Inventories, MapOverview? Overview = null);

/// <summary>A schedule without its seats, however many it has: what a buyer needs to choose a section.</summary>
/// <param name="Sections">In the order of the plan.</param>
/// <param name="Grades">Absent when every place has a price of its own.</param>
/// <param name="MaxPerReservation">Places of one reservation at most.</param>
/// <param name="MaxPerUser">Live places of one user at most.</param>
public sealed record MapOverview(IReadOnlyList<SectionView> Sections, IReadOnlyList<GradeView>? Grades, int MaxPerReservation, int MaxPerUser);

/// <summary>A section by numbers; prices in won.</summary>
/// <param name="Name">Its name, as the seat map's <c>section</c> takes it.</param>
/// <param name="TotalSeats">On sale or not.</param>
/// <param name="Available">What can be held now.</param>
/// <param name="MinPrice">Of its cheapest seat.</param>
/// <param name="MaxPrice">Of its dearest seat.</param>
/// <param name="Grades">The codes of its seats' grades; absent when they have none.</param>
public sealed record SectionView(string Name, long TotalSeats, long Available, long MinPrice, long MaxPrice, IReadOnlyList<string>? Grades);

/// <summary>A rendered <see cref="SeatMapView"/>, one part after the other, and its strong ETag (quotes included).</summary>
public sealed record SeatMap(string ETag, IReadOnlyList<ReadOnlyMemory<byte>> Json);

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
    IReadOnlyList<NewInventory>? Inventories,
    IReadOnlyList<NewGrade>? Grades = null,
    int? MaxPerUser = null);

/// <summary>
/// What is to change of a schedule; what is left out stays. A section or an inventory that the schedule has not is added. Of one that it has, seats and
/// rows are added, a price is for all its places that have no grade, and a quantity is the new one, which is not less than the old.
/// </summary>
public sealed record ScheduleChange(
    DateTimeOffset? OpenAt = null,
    DateTimeOffset? CloseAt = null,
    DateTimeOffset? BookingStartAt = null,
    DateTimeOffset? BookingEndAt = null,
    int? MaxPerUser = null,
    bool? SalesPaused = null,
    IReadOnlyList<GradeChange>? Grades = null,
    IReadOnlyList<SectionChange>? Sections = null,
    IReadOnlyList<InventoryChange>? Inventories = null)
{
    /// <summary>The same moments in one spelling.</summary>
    internal ScheduleChange InUtc() => this with
    {
        OpenAt = OpenAt?.ToUniversalTime(),
        CloseAt = CloseAt?.ToUniversalTime(),
        BookingStartAt = BookingStartAt?.ToUniversalTime(),
        BookingEndAt = BookingEndAt?.ToUniversalTime(),
    };
}

/// <summary>A grade's new price or name; or a grade that is new, with both.</summary>
public sealed record GradeChange(string? Code, string? Name = null, long? Price = null);

/// <summary>An inventory's new quantity or price; or an inventory that is new, with both.</summary>
public sealed record InventoryChange(string? Name, int? Quantity = null, long? Price = null);

/// <summary>Seats to add, as in <see cref="NewSection"/>; or a price.</summary>
public sealed record SectionChange(string? Name, long? Price = null, JsonElement? Seats = null, IReadOnlyList<NewSeatRange>? Rows = null)
{
    internal NewSection ToSection() => new(Name, Seats, Rows);
}

/// <summary>A schedule as staff have changed it: of its sections those that the change named.</summary>
public sealed record ScheduleDetails(
    string Id,
    DateTimeOffset OpenAt,
    DateTimeOffset CloseAt,
    DateTimeOffset BookingStartAt,
    DateTimeOffset BookingEndAt,
    int? MaxPerUser,
    bool SalesPaused,
    IReadOnlyList<GradeView> Grades,
    IReadOnlyList<CreatedSection> Sections,
    IReadOnlyList<InventoryDetails> Inventories);

public sealed record GradeView(string Code, string Name, long Price);

public sealed record InventoryDetails(string Id, string Name, long Price, long Quantity);

/// <summary>A grade: its code, its name and its price.</summary>
public sealed record NewGrade(string? Code, string? Name, long? Price);

/// <summary>
/// Seats are an array of <see cref="NewSeat"/> or one <see cref="NewSeatRange"/>, kept as JSON until validated; or the section has <see cref="Rows"/>.
/// </summary>
public sealed record NewSection(string? Name, JsonElement? Seats, IReadOnlyList<NewSeatRange>? Rows = null);

/// <summary>One seat: a number, or a text where that is printed; at a price or in a grade.</summary>
public sealed record NewSeat(JsonElement Number, long? Price, string? Row = null, string? Grade = null);

/// <summary>Seats of consecutive numbers at a price or in a grade; as one of a section's rows it has the row.</summary>
public sealed record NewSeatRange(int? From, int? To, long? Price, string? Row = null, string? Grade = null);

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
    long Blocked,
    long ReservedSeats,
    IReadOnlyDictionary<string, long> Reservations,
    long Charged,
    long Paid,
    long Refunded,
    long DeadLetters)
{
    /// <summary>How far a call-off has come; absent when the schedule was not called off.</summary>
    public CallOffProgress? CallOff { get; init; }
}

/// <summary>How far a call-off has come. Numbers are of reservations.</summary>
/// <param name="At">When it was called off.</param>
/// <param name="Reason">What staff gave as the reason.</param>
/// <param name="Total">All that it is about: <paramref name="Ended"/>, <paramref name="Refunded"/> and <paramref name="Left"/>.</param>
/// <param name="Ended">Holds that it ended.</param>
/// <param name="Refunded">Paid reservations that it gave back, with all their money.</param>
/// <param name="RefundedAmount">Won that it gave back.</param>
/// <param name="Left">Live reservations that it has not come to yet.</param>
/// <param name="FinishedAt">When nothing was left and nothing could come any more; absent until then.</param>
public sealed record CallOffProgress(
    DateTimeOffset At, string Reason, long Total, long Ended, long Refunded, long RefundedAmount, long Left, DateTimeOffset? FinishedAt);
