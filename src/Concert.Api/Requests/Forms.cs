using Concert.Booking.Payments;
using Concert.Booking.Reservations;

namespace Concert.Api.Requests;

/// <summary>Validates the form of a body beyond its types; its meaning is for the domain to judge.</summary>
internal static class Forms
{
    public static Problem? Wrong(object body) => body switch
    {
        ReservationRequest reservation => Wrong(reservation),
        PaymentRequest payment => Wrong(payment),
        IssueRequest { ConcertId: { } concert } => Text.WrongId("concertId", concert),
        ChargeRequest { Amount: null, UserId: not null } => Problem.Invalid("amount is needed: a whole number of won."),
        _ => null,
    };

    private static Problem? Wrong(ReservationRequest request) => request switch
    {
        { SeatId: not null, SeatIds: null, InventoryId: null, Quantity: null } => Text.WrongId("seatId", request.SeatId),
        { SeatId: null, SeatIds: { } seats, InventoryId: null, Quantity: null } => WrongSeats(seats),
        { SeatId: null, SeatIds: null, InventoryId: not null, Quantity: { } quantity } =>
            quantity < 1 ? Problem.Invalid("quantity must be 1 or more.") : Text.WrongId("inventoryId", request.InventoryId),
        _ => Problem.Invalid("Give either seatId, or seatIds, or inventoryId with quantity."),
    };

    private static Problem? WrongSeats(IReadOnlyList<string?> seats) =>
        seats.Count is < 1 or > ApiLimits.IdsPerRequest
            ? Problem.Invalid($"seatIds must have 1 to {ApiLimits.IdsPerRequest} seats.")
            : seats.Select(seat => Text.WrongId("seatIds", seat)).FirstOrDefault(wrong => wrong is not null);

    private static Problem? Wrong(PaymentRequest request) => request switch
    {
        { ReservationId: not null, SeatId: null } => Text.WrongId("reservationId", request.ReservationId),
        { ReservationId: null, SeatId: not null } => Text.WrongId("seatId", request.SeatId),
        _ => Problem.Invalid("Give either reservationId or seatId."),
    };
}
