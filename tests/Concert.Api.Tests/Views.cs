using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.WaitingRoom;

namespace Concert.Api.Tests;

internal static class Views
{
    public const string ReservationId = "c1-s1-1.abc";
    public const string PaymentId = ReservationId + ".def";

    public static readonly DateTimeOffset Now = new(2030, 1, 1, 9, 0, 0, TimeSpan.FromHours(9));

    public static ReservationView Reservation(ReservationStatus status, params HistoryEntry[] history) =>
        new(ReservationId, status, null, "c1-s1", [new("c1-s1-1-1", "가", "B", "1", null, 1000)], null, null, 1000, null, Now, null, null, history);

    public static PaymentView Payment(PaymentStatus status) =>
        new(PaymentId, status, null, ReservationId, ["1"], null, null, "이름", Now, Now, 1000, Now, null, null);

    public static QueueTokenView Token(string status) => new(Api.GoodToken, status, status == "WAITING" ? 3 : null, null, null);
}
