using Concert.Booking.Payments;
using System.Buffers;
using System.Text;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Block;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Tickets;

namespace Concert.Api.Requests;

/// <summary>Validates the form of a body beyond its types; its meaning is for the domain to judge.</summary>
internal static class Forms
{
    public static Problem? Wrong(object body) => body switch
    {
        ReservationRequest reservation => Wrong(reservation),
        CancelRequest cancel => Wrong(cancel),
        PaymentRequest payment => Wrong(payment),
        BlockRequest { SeatIds: { } seats, InventoryId: null, Quantity: null } => seats.Select(seat => Text.WrongId("seatIds", seat)).FirstOrDefault(wrong => wrong is not null),
        BlockRequest { InventoryId: { } inventory } => Text.WrongId("inventoryId", inventory),
        CheckInRequest checkIn =>
            Text.WrongId("code", checkIn.Code) ?? (checkIn.ConcertScheduleId is { } schedule ? Text.WrongId("concertScheduleId", schedule) : null),
        IssueRequest { ConcertId: { } concert } => Text.WrongId("concertId", concert),
        ChargeRequest { Amount: null, UserId: not null } => ChargeRequest.NoAmount,
        _ => null,
    };

    private static Problem? Wrong(ReservationRequest request) => (request, request.IsOfBest) switch
    {
        ({ SeatId: not null, SeatIds: null, InventoryId: null, Quantity: null }, false) => Text.WrongId("seatId", request.SeatId),
        ({ SeatId: null, SeatIds: { } seats, InventoryId: null, Quantity: null }, false) => WrongSeats(seats),
        ({ SeatId: null, SeatIds: null, InventoryId: not null, Quantity: { } quantity }, false) =>
            quantity < 1 ? Problem.Invalid("quantity must be 1 or more.") : Text.WrongId("inventoryId", request.InventoryId),
        ({ SeatId: null, SeatIds: null, InventoryId: null, Quantity: null, ConcertScheduleId: { } schedule, Count: not null }, true) =>
            Text.WrongId("concertScheduleId", schedule) ?? (request.Grade is { } grade ? Text.WrongId("grade", grade, ApiLimits.GradeLength) : null),
        _ => Problem.Invalid(ReservationRequest.Forms),
    };

    private static Problem? WrongSeats(IReadOnlyList<string?> seats) =>
        seats.Count is < 1 or > ApiLimits.IdsPerRequest
            ? Problem.Invalid($"seatIds must have 1 to {ApiLimits.IdsPerRequest} seats.")
            : seats.Select(seat => Text.WrongId("seatIds", seat)).FirstOrDefault(wrong => wrong is not null);

    private static Problem? Wrong(CancelRequest request) => request switch
    {
        { SeatIds: not null, Quantity: not null } => Problem.Invalid("Give either seatIds or quantity, or neither to cancel all."),
        { SeatIds: { } seats } => WrongSeats(seats),
        { Quantity: < 1 } => Problem.Invalid("quantity must be 1 or more."),
        _ => null,
    };

    private static Problem? Wrong(PaymentRequest request) => request switch
    {
        { ReservationId: not null, SeatId: null } => Text.WrongId("reservationId", request.ReservationId),
        { ReservationId: null, SeatId: not null } => Text.WrongId("seatId", request.SeatId),
        _ => Problem.Invalid("Give either reservationId or seatId."),
    };
}

/// <summary>Checks of short strings that come from outside.</summary>
internal static class Text
{
    /// <summary>An id of ours: 1 to <paramref name="maxLength"/> characters, none of them a control character or half a surrogate pair, not only blanks.</summary>
    public static Problem? WrongId(string name, string? value, int maxLength = ApiLimits.IdLength)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return Problem.Invalid($"{name} is needed.");
        }

        if (value.Length > maxLength)
        {
            return Problem.Invalid($"{name} is longer than {maxLength} characters.");
        }

        return IsClean(value) ? null : Problem.Invalid($"{name} has characters that no id has.");
    }

    /// <summary>The id of a user in the one form of it; wherever a user is named, it is read here.</summary>
    public static Result<string> ReadUserId(string? given) => PlainText.ReadUserId("userId", given, ApiLimits.UserIdLength);

    private static bool IsClean(ReadOnlySpan<char> rest)
    {
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var used) != OperationStatus.Done || Rune.IsControl(rune))
            {
                return false;
            }

            rest = rest[used..];
        }

        return true;
    }
}
