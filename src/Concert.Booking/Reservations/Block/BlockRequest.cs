using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Ports;

namespace Concert.Booking.Reservations.Block;

/// <summary>House seats: seats of one section, or a number of an inventory's places.</summary>
public sealed record BlockRequest(IReadOnlyList<string>? SeatIds, string? InventoryId, int? Quantity)
{
    /// <summary>The most that one batch can change, with room for its own marker.</summary>
    public const int MaxSeats = DocumentOperation.MaxPerBatch - 10;

    private const int MaxQuantity = 1_000_000;

    /// <summary>The places meant, which are the schedule's.</summary>
    internal Result<HousePlaces> Check(string scheduleId)
    {
        if (SeatIds is null == (InventoryId is null && Quantity is null))
        {
            return Refusal.Invalid("Give seatIds, or inventoryId with quantity.");
        }

        if (SeatIds is { } seatIds)
        {
            return CheckSeats(scheduleId, seatIds);
        }

        if (InventoryId is null || Quantity is not (> 0 and <= MaxQuantity))
        {
            return Refusal.Invalid($"Give inventoryId and a quantity of 1 to {MaxQuantity}.");
        }

        return SectionRef.TryParseInventory(InventoryId, out var inventory) && inventory.ScheduleId == scheduleId
            ? new HousePlaces(inventory, null, Quantity.Value)
            : Refusal.NotYours("inventory");
    }

    private static Result<HousePlaces> CheckSeats(string scheduleId, IReadOnlyList<string> seatIds)
    {
        if (seatIds.Count is 0 or > MaxSeats)
        {
            return Refusal.Invalid($"Give 1 to {MaxSeats} seats at once.");
        }

        SectionRef? section = null;
        var keys = new SortedSet<int>();
        foreach (var seatId in seatIds)
        {
            if (!SectionRef.TryParseSeat(seatId, out var place, out var key) || place.ScheduleId != scheduleId)
            {
                return Refusal.NotYours("seat");
            }

            if (section is not null && section != place)
            {
                return Refusal.Invalid("All seats of one call must be in one section.");
            }

            if (!keys.Add(key))
            {
                return Refusal.Invalid("Duplicate seat.");
            }

            section = place;
        }

        return new HousePlaces(section!.Value, [.. keys], keys.Count);
    }
}

/// <summary>Places that were blocked, or are on sale again.</summary>
public sealed record BlockedView(string ConcertScheduleId, IReadOnlyList<string>? SeatIds, string? InventoryId, int? Quantity);

/// <summary>Places that staff mean.</summary>
/// <param name="Section">Where.</param>
/// <param name="Seats">Keys in ascending order; null for an inventory.</param>
/// <param name="Count">How many.</param>
internal sealed record HousePlaces(SectionRef Section, IReadOnlyList<int>? Seats, int Count)
{
    /// <summary>One text for the same places.</summary>
    public string Canonical => $"{Section.PartitionKey}\n{(Seats is null ? "" : string.Join(',', Seats))}\n{Count}";

    public BlockedView View => Seats is { } seats
        ? new BlockedView(Section.ScheduleId, [.. seats.Select(Section.SeatId)], null, null)
        : new BlockedView(Section.ScheduleId, null, Section.InventoryId, Count);
}
