using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Reservations;

namespace Concert.Api.Operations;

/// <summary>The form of a reservation's body; what the places mean is the domain's to judge.</summary>
internal static class ReservationForm
{
    public static Problem? Wrong(ReservationRequest request) => request switch
    {
        { SeatId: not null, SeatIds: null, InventoryId: null, Quantity: null } => Text.WrongId("seatId", request.SeatId),
        { SeatId: null, SeatIds: { } seats, InventoryId: null, Quantity: null } => WrongSeats(seats),
        { SeatId: null, SeatIds: null, InventoryId: not null, Quantity: { } quantity } =>
            quantity < 1 ? Problem.Invalid("quantity must be 1 or more.") : Text.WrongId("inventoryId", request.InventoryId),
        _ => Problem.Invalid("Give either seatId, or seatIds, or inventoryId with quantity."),
    };

    /// <summary>One of the places asked for, which tells the concert.</summary>
    public static string AnyPlace(ReservationRequest request) => request.SeatId ?? request.SeatIds?[0] ?? request.InventoryId!;

    private static Problem? WrongSeats(IReadOnlyList<string?> seats) =>
        seats.Count is < 1 or > ApiLimits.IdsPerRequest
            ? Problem.Invalid($"seatIds must have 1 to {ApiLimits.IdsPerRequest} seats.")
            : seats.Select(seat => Text.WrongId("seatIds", seat)).FirstOrDefault(wrong => wrong is not null);
}
