using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Settings;

namespace Concert.Booking.Reservations.Reserve;

/// <summary>A buyer's request, in one of three forms.</summary>
public sealed record ReservationRequest(string? SeatId, IReadOnlyList<string>? SeatIds, string? InventoryId, int? Quantity)
{
    internal Result<ValidRequest> Check(BookingOptions rules) => this switch
    {
        { SeatId: { } seat, SeatIds: null, InventoryId: null, Quantity: null } => CheckSeats([seat], rules),
        { SeatId: null, SeatIds: { } seats, InventoryId: null, Quantity: null } => CheckSeats(seats, rules),
        { SeatId: null, SeatIds: null, InventoryId: { } inventory, Quantity: { } quantity } => CheckPlaces(inventory, quantity, rules),
        _ => Refusal.Invalid("Give either seatId, or seatIds, or inventoryId with quantity."),
    };

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

/// <summary>A request for places that was checked: where, which, and which queue session keeps their order.</summary>
internal sealed record ValidRequest(SectionRef Section, IReadOnlyList<int>? Seats, int? Quantity)
{
    /// <summary>One text for the same request.</summary>
    public string Canonical => $"{Section.PartitionKey}\n{(Seats is null ? "" : string.Join(',', Seats))}\n{Quantity}";

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
