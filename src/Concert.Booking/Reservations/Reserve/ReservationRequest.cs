using System.Text.Json.Serialization;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Settings;

namespace Concert.Booking.Reservations.Reserve;

/// <summary>A buyer's request, in one of four forms: a seat, seats, places of an inventory, or the best places that are left.</summary>
public sealed record ReservationRequest(string? SeatId, IReadOnlyList<string>? SeatIds, string? InventoryId, int? Quantity)
{
    private const int MaxNameLength = 100;

    public const string Forms = "Give either seatId, or seatIds, or inventoryId with quantity, or concertScheduleId with count.";

    /// <summary>Of the best places: the schedule.</summary>
    public string? ConcertScheduleId { get; init; }

    /// <summary>Of the best places: how many.</summary>
    public int? Count { get; init; }

    /// <summary>Of the best places: the name of the section to look in; null for all.</summary>
    public string? Section { get; init; }

    /// <summary>Of the best places: only of this grade.</summary>
    public string? Grade { get; init; }

    /// <summary>Of the best places: side by side or not at all. Not given, they are side by side if they can be.</summary>
    public bool? Together { get; init; }

    /// <summary>Whether it names no places, so that they are chosen.</summary>
    [JsonIgnore]
    public bool IsOfBest => ConcertScheduleId is not null || Count is not null || Section is not null || Grade is not null || Together is not null;

    internal Result<ValidRequest> Check(BookingOptions rules) => (this, IsOfBest) switch
    {
        ({ SeatId: { } seat, SeatIds: null, InventoryId: null, Quantity: null }, false) => CheckSeats([seat], rules),
        ({ SeatId: null, SeatIds: { } seats, InventoryId: null, Quantity: null }, false) => CheckSeats(seats, rules),
        ({ SeatId: null, SeatIds: null, InventoryId: { } inventory, Quantity: { } quantity }, false) => CheckPlaces(inventory, quantity, rules),
        ({ SeatId: null, SeatIds: null, InventoryId: null, Quantity: null, ConcertScheduleId: { } schedule, Count: { } count }, true) => CheckBest(schedule, count, rules),
        _ => Refusal.Invalid(Forms),
    };

    private Result<ValidRequest> CheckBest(string scheduleId, int count, BookingOptions rules)
    {
        if (count < 1 || count > rules.MaxSeatsPerReservation)
        {
            return Refusal.Invalid($"Give a count of 1 to {rules.MaxSeatsPerReservation}.");
        }

        string? name = null;
        if (Section is not null)
        {
            var section = PlainText.ReadName("section", Section, MaxNameLength);
            if (section.IsRefused(out var refusal))
            {
                return refusal;
            }

            name = section.Value;
        }

        return SectionRef.TryParseSchedule(scheduleId, out _)
            ? new ValidRequest(new SectionRef(scheduleId, ""), null, null)
            {
                Best = new WantedPlaces(count, Grade, Together ?? false, AnySection: name is null),
                SectionName = name,
            }
            : Refusal.NotYours("schedule");
    }

    private static Result<ValidRequest> CheckSeats(IReadOnlyList<string> seatIds, BookingOptions rules)
    {
        if (seatIds.Count < 1 || seatIds.Count > rules.MaxSeatsPerReservation)
        {
            return Refusal.Invalid($"A reservation has 1 to {rules.MaxSeatsPerReservation} seats.");
        }

        SectionRef? section = null;
        var numbers = new List<int>(seatIds.Count);
        foreach (var seatId in seatIds)
        {
            if (!SectionRef.TryParseSeat(seatId, out var place, out var number))
            {
                return Refusal.NotYours("seat");
            }

            if (section is not null && section != place)
            {
                return Refusal.Invalid("All seats of a reservation must be in one section.");
            }

            if (numbers.Contains(number))
            {
                return Refusal.Invalid("Duplicate seat.");
            }

            section = place;
            numbers.Add(number);
        }

        // The first seat chooses the session and so the id: a repeat with the seats in another order must be the same request.
        numbers.Sort();
        return new ValidRequest(section!.Value, numbers, null);
    }

    private static Result<ValidRequest> CheckPlaces(string inventoryId, int quantity, BookingOptions rules)
    {
        if (quantity < 1 || quantity > rules.MaxSeatsPerReservation)
        {
            return Refusal.Invalid($"Give inventoryId and a quantity of 1 to {rules.MaxSeatsPerReservation}.");
        }

        return SectionRef.TryParseInventory(inventoryId, out var section) ? new ValidRequest(section, null, quantity) : Refusal.NotYours("inventory");
    }
}

/// <summary>
/// A request for places that was checked: where, which, and which queue session keeps their order. Of the best places the section is known by its name only, if at all.
/// </summary>
internal sealed record ValidRequest(SectionRef Section, IReadOnlyList<int>? Seats, int? Quantity)
{
    /// <summary>The session that those share who ask for the best places of a section, so that they need not race. No seat has it.</summary>
    public const int BestShard = ushort.MaxValue;

    public WantedPlaces? Best { get; init; }

    public string? SectionName { get; init; }

    /// <summary>One text for the same request.</summary>
    public string Canonical => Best is null
        ? $"{Section.PartitionKey}\n{(Seats is null ? "" : string.Join(',', Seats))}\n{Quantity}"
        : $"best\n{Section.ScheduleId}\n{SectionName}\n{Best.Count}\n{Best.Grade}\n{Best.Together}";

    /// <summary>The session of a seat: its own while the section has no more seats than sessions, else shared by a stable hash.</summary>
    public static int ShardOf(SectionPlan plan, int number, int sessions)
    {
        var index = plan.Find(number)!.Value.Index;
        if (plan.SeatCount <= sessions)
        {
            return index;
        }

        Span<byte> bytes = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return (int)(StableHash.Of(bytes) % (uint)sessions);
    }
}
