using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Settings;

namespace Concert.Booking.Reservations;

/// <summary>A request for places that was checked: where, which, and which queue session keeps their order.</summary>
internal sealed record ValidRequest(SectionRef Section, IReadOnlyList<int>? Seats, int? Quantity)
{
    /// <summary>One text for the same request.</summary>
    public string Canonical => $"{Section.PartitionKey}\n{(Seats is null ? "" : string.Join(',', Seats))}\n{Quantity}";
}

/// <summary>Checks the three forms of a request.</summary>
internal static class ReservationRequests
{
    public static Result<ValidRequest> Check(ReservationRequest request, BookingOptions rules)
    {
        var forms = (request.SeatId is null ? 0 : 1) + (request.SeatIds is null ? 0 : 1) + (request.InventoryId is null && request.Quantity is null ? 0 : 1);
        if (forms != 1)
        {
            return Refusal.Invalid("Give one of seatId, seatIds, or inventoryId with quantity.");
        }

        return request.InventoryId is null && request.Quantity is null
            ? CheckSeats(request.SeatIds ?? [request.SeatId!], rules)
            : CheckPlaces(request, rules);
    }

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

    private static Result<ValidRequest> CheckPlaces(ReservationRequest request, BookingOptions rules)
    {
        if (request.InventoryId is null || request.Quantity is null || request.Quantity < 1 || request.Quantity > rules.MaxSeatsPerReservation)
        {
            return Refusal.Invalid($"Give inventoryId and a quantity of 1 to {rules.MaxSeatsPerReservation}.");
        }

        return SectionRef.TryParseInventory(request.InventoryId, out var section)
            ? new ValidRequest(section, null, request.Quantity)
            : Refusal.NotYours("inventory");
    }
}
