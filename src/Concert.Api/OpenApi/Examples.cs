using System.Text.Json;
using System.Text.Json.Nodes;
using Concert.Api.Json;
using Concert.Api.Streams;
using Concert.Booking.Catalog;
using Concert.Booking.Operations;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.States;
using Concert.Booking.Telemetry;
using Concert.Booking.Tickets;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;

namespace Concert.Api.OpenApi;

/// <summary>One sale, told through all the contract's examples.</summary>
internal static class Examples
{
    public const string User = "mina";
    public const string Key = "9f1c1a52-1";
    public const string Continuation = "bzpuZXh0";
    public const string Concert = "c7k2m9xq4";
    public const string Schedule = "c7k2m9xq4-a1b2";
    public const string Seat = Schedule + "-1-12";
    public const string SecondSeat = Schedule + "-1-13";
    public const string Section = "A";
    public const string Grade = "VIP";
    public const string Inventory = Schedule + "-g1";
    public const string Reservation = Schedule + "-1.AQAAAZq3f0c";
    public const string Payment = Reservation + ".Zx81kQ";
    public const string TicketCode = Reservation + ".Jw3nTq8rYc1m0a9sVbX2eA";
    public const string DeadLetter = "1.Kq3vJw8nTq8rYc1m0a9sVg";
    public const string ConcertName = "여름밤 콘서트";

    /// <summary>Those that a host has by another name, as JSON: the page of the docs puts in what there is.</summary>
    public static string OfAHost { get; } = new JsonObject
    {
        ["user"] = User,
        ["key"] = Key,
        ["continuation"] = Continuation,
        ["section"] = Section,
        ["grade"] = Grade,
        ["concert"] = Concert,
        ["schedule"] = Schedule,
        ["seat"] = Seat,
        ["secondSeat"] = SecondSeat,
        ["inventory"] = Inventory,
        ["reservation"] = Reservation,
        ["payment"] = Payment,
        ["ticket"] = TicketCode,
    }.ToJsonString();

    private static readonly DateTimeOffset Doors = new(2027, 7, 3, 19, 0, 0, TimeSpan.FromHours(9));
    private static readonly DateTimeOffset Now = new(2027, 6, 1, 20, 0, 0, TimeSpan.FromHours(9));

    public static QueueTokenView Early { get; } = new("eyJpZCI6…", "EARLY", null, 600, null, Now);

    public static QueueTokenView Waiting { get; } = new("eyJpZCI6…", "WAITING", 128, 30, null);

    public static QueueTokenView Active { get; } = new("eyJpZCI6…", "ACTIVE", null, null, Now.AddMinutes(10));

    public static QueueTokenView Ended { get; } = new("eyJpZCI6…", "ENDED", null, null, null);

    public static PlaceInLine PlaceActive { get; } = PlaceInLine.Of(new(Active, TimeSpan.FromSeconds(2)));

    public static PlaceInLine PlaceEnded { get; } = PlaceInLine.Of(new(Ended, null));

    public static SeatsChanged SeatsChanged { get; } = new(1_811_843_200_000, ["A"], 0);

    public static ConcertView ConcertView { get; } = new(Concert, ConcertName, IsOpen: true, NextOpeningAt: Now.AddDays(5));

    public static ConcertView ConcertToCome { get; } = new("c4h8w2ptn", "별빛 페스티벌", IsOpen: false, NextOpeningAt: Now.AddDays(14));

    public static ScheduleView ScheduleView { get; } =
        new(Schedule, Concert, Doors, Doors.AddHours(3), Now, Doors.AddHours(-1), TotalSeats: 550, ReservedSeats: 213);

    public static SeatMapView Available { get; } = new(
        Schedule,
        [new(Seat, "A", "3", "12", "VIP", 120_000, null), new(Schedule + "-1-13", "A", "3", "12A", "VIP", 120_000, null)],
        [new(Inventory, "Standing", 80_000, 500, 287)]);

    public static SeatMapView AllSeats { get; } = Available with
    {
        Seats = [new(Seat, "A", "3", "12", "VIP", 120_000, "HELD"), new(Schedule + "-1-13", "A", "3", "12A", "VIP", 120_000, "AVAILABLE")],
    };

    public static SeatMapView Overview { get; } = new(
        Schedule, [], Available.Inventories, new([new("A", 42, 17, 100_000, 120_000, ["VIP", "R"])], [new("VIP", "VIP석", 120_000), new("R", "R석", 100_000)], 8, 4));

    public static ReservationView Pending { get; } = new(
        Reservation, ReservationStatus.Pending, null, Schedule, [SeatOf(12)], null, null, 120_000, null, Now, null, null,
        [new(Now, ReservationStatus.Pending, null)]);

    public static ReservationView Held { get; } = Pending with
    {
        Status = ReservationStatus.Held,
        HoldExpiresAt = Now.AddMinutes(5),
        History = [new(Now, ReservationStatus.Pending, null), new(Now.AddSeconds(1), ReservationStatus.Held, null)],
    };

    public static ReservationView Rejected { get; } = Pending with
    {
        Status = ReservationStatus.Rejected,
        Reason = "seat-taken",
        History = [new(Now, ReservationStatus.Pending, null), new(Now.AddSeconds(1), ReservationStatus.Rejected, "seat-taken")],
    };

    public static ReservationView Cancelled { get; } = Pending with
    {
        Status = ReservationStatus.Cancelled,
        PaymentId = Payment,
        Cancellation = new(Now.AddDays(1), 120_000),
        Cancellations = [new(Now.AddDays(1), [SeatOf(12)], null, 120_000, 120_000)],
        History =
        [
            new(Now, ReservationStatus.Pending, null), new(Now.AddSeconds(1), ReservationStatus.Held, null),
            new(Now.AddMinutes(1), ReservationStatus.Confirmed, null), new(Now.AddDays(1), ReservationStatus.Cancelled, null),
        ],
    };

    public static ReservationView Bought { get; } = Held with
    {
        Status = ReservationStatus.Confirmed,
        HoldExpiresAt = null,
        PaymentId = Payment,
        History = [.. Held.History, new(Now.AddMinutes(1), ReservationStatus.Confirmed, null)],
        UserId = User,
        UsedAt = Doors.AddMinutes(-20),
    };

    public static ReservationView Confirmed { get; } = Bought with { UserId = null, UsedAt = null, Cancellable = new(100, Doors.AddDays(-7)) };

    public static ReservationView HeldByAnother { get; } = Held with { UserId = "jun" };

    public static TicketView Ticket { get; } =
        new(TicketCode, Reservation, Schedule, ConcertName, Doors, Doors.AddHours(3), [SeatOf(12)], null, null, null);

    public static TicketView UsedTicket { get; } = Ticket with { UsedAt = Doors.AddMinutes(-20) };

    public static CheckInView CheckedIn { get; } = new(Reservation, Schedule, ConcertName, [SeatOf(12)], null, null, Doors.AddMinutes(-20));

    public static ReservationView PartCancelled { get; } = Pending with
    {
        Status = ReservationStatus.Confirmed,
        Seats = [SeatOf(13)],
        PaymentId = Payment,
        Cancellations = [new(Now.AddDays(1), [SeatOf(12)], null, 120_000, 108_000)],
        History =
        [
            new(Now, ReservationStatus.Pending, null), new(Now.AddSeconds(1), ReservationStatus.Held, null),
            new(Now.AddMinutes(1), ReservationStatus.Confirmed, null), new(Now.AddDays(1), ReservationStatus.Confirmed, ReservationDocument.PartCancelled),
        ],
    };

    public static PaymentView Paying { get; } = new(
        Payment, PaymentStatus.Pending, null, Reservation, ["12"], null, null, ConcertName, Doors, Doors.AddHours(3), 120_000, Now.AddMinutes(1), null, null);

    public static PaymentView Paid { get; } = Paying with { Status = PaymentStatus.Completed, CompletedAt = Now.AddMinutes(1) };

    public static PaymentView Unpaid { get; } = Paying with { Status = PaymentStatus.Failed, Reason = "insufficient-balance" };

    public static LedgerEntryView Charge { get; } = new("l1", LedgerKind.Charge, 200_000, 200_000, "charge", Now);

    public static LedgerEntryView Use { get; } = new("l2", LedgerKind.Payment, -120_000, 80_000, Payment, Now.AddMinutes(1));

    public static NewSchedule NewSchedule { get; } = new(
        Concert,
        Doors,
        Doors.AddHours(3),
        Now,
        Doors.AddHours(-1),
        [
            new("A", null, [new(1, 20, null, "1", "VIP"), new(1, 22, null, "2", "R")]),
            new("B", JsonSerializer.SerializeToElement([new NewSeat(Printed("12"), 90_000), new NewSeat(Printed("12A"), 90_000)], ApiJson.Wire.NewSeatArray)),
            new("C", JsonSerializer.SerializeToElement(new NewSeatRange(1, 50, 70_000), ApiJson.Wire.NewSeatRange)),
        ],
        [new("Standing", 500, 80_000)],
        [new("VIP", "VIP석", 120_000), new("R", "R석", 100_000)],
        MaxPerUser: 4);

    public static ScheduleChange ScheduleChange { get; } = new(
        BookingEndAt: Doors.AddHours(-2),
        Grades: [new("R", Price: 90_000)],
        Sections: [new("A", Rows: [new(23, 24, null, "2", "R")])],
        Inventories: [new("Standing", 600)]);

    public static ScheduleDetails ScheduleDetails { get; } = new(
        Schedule, Doors, Doors.AddHours(3), Now, Doors.AddHours(-2), 4, SalesPaused: false, [new("VIP", "VIP석", 120_000), new("R", "R석", 90_000)],
        [new("A", [Schedule + "-1-1", Schedule + "-1-2", Schedule + "-1-43", Schedule + "-1-44"])], [new(Inventory, "Standing", 80_000, 600)]);

    public static CreatedSchedule CreatedSchedule { get; } = new(
        Schedule, [new("A", [Schedule + "-1-1", Schedule + "-1-2"]), new("B", [Schedule + "-2-1", Schedule + "-2-2"]), new("C", [Schedule + "-3-1"])], [new(Inventory, "Standing")]);

    public static ScheduleReport Report { get; } = new(
        TotalSeats: 552, Available: 329, Held: 13, Sold: 200, Blocked: 10, ReservedSeats: 213,
        new Dictionary<string, long> { ["HELD"] = 9, ["CONFIRMED"] = 160, ["CANCELLED"] = 4, ["REJECTED"] = 51 },
        Charged: 40_000_000, Paid: 24_480_000, Refunded: 480_000, DeadLetters: 0);

    public static CallOffView CallOff { get; } = new(Schedule, Now.AddDays(20), "출연자 건강 문제로 공연이 취소되었습니다.");

    public static ScheduleReport CalledOffReport { get; } = Report with
    {
        Available = 541,
        Held = 0,
        Sold = 1,
        ReservedSeats = 1,
        Reservations = new Dictionary<string, long> { ["HELD"] = 0, ["CONFIRMED"] = 1, ["CANCELLED"] = 172, ["REJECTED"] = 51 },
        Refunded = 24_360_000,
        CallOff = new(CallOff.At, CallOff.Reason, Total: 169, Ended: 9, Refunded: 159, RefundedAmount: 23_880_000, Left: 1, FinishedAt: null),
    };

    public static ScheduleView CalledOffSchedule { get; } = ScheduleView with { Id = Concert + "-c3d4", ReservedSeats = 0, CalledOff = new(CallOff.At, CallOff.Reason) };

    public static ScheduleSummary ScheduleSummary { get; } =
        new(Schedule, Concert, ConcertName, Doors, Doors.AddHours(3), Now, Doors.AddHours(-1), SalesPaused: false, CalledOff: null);

    public static ScheduleLive Live { get; } = new(
        Now.AddSeconds(4),
        new(412, 0.8),
        new("3f9a1c0b77de", Now.AddHours(-1), 12_034, 11_622, 41, 45, 0, [new("reserve", "HELD", null, 500), new("reserve", "REJECTED", "seat-taken", 480)]),
        new(0, 2_310, 100, 100),
        new(552, 329, 13, 200, 10),
        [new("A", SectionKind.Seats, 42, 17, 8, 15, 2), new("Standing", SectionKind.Standing, 510, 312, 5, 185, 8)],
        DeadLetters: 1,
        new(0, 2),
        SalesPaused: false,
        CallOff: null);

    public static ScheduleLive CalledOffLive { get; } = Live with { CallOff = new(CallOff.At, CallOff.Reason, CallOff.At.AddMinutes(2)) };

    public static BooksView Books { get; } = new(Now.AddSeconds(4), 40_000_000, 16_000_000, 24_480_000, 480_000, new(0, 0), 0, BooksState.Balanced);

    public static BooksView MovingBooks { get; } = new(Now.AddSeconds(4), 40_000_000, 15_760_000, 24_480_000, 480_000, new(120_000, 0), 120_000, BooksState.Moving);

    public static DeadLetterView NotedLetter { get; } = new(
        DeadLetter, "cancel", Reservation, "MaxDeliveryCountExceeded", Now.AddDays(1), DeadLetterOutcome.Noted, CanSendAgain: true, CanRefuse: false, SentAgainAt: null);

    public static DeadLetterView RefusedLetter { get; } = new(
        "1.2rXw0aQmT7c5b1LkVd8ZyA", "reserve", Reservation, "MaxDeliveryCountExceeded", Now, DeadLetterOutcome.Refused, CanSendAgain: false, CanRefuse: false, SentAgainAt: null);

    public static DeadLetterView PendingLetter { get; } = RefusedLetter with { Outcome = DeadLetterOutcome.Pending, CanRefuse = true };

    private static ReservedSeat SeatOf(int key) => new($"{Schedule}-1-{key}", "A", "3", $"{key}", "VIP", 120_000);

    private static JsonElement Printed(string label) => JsonSerializer.SerializeToElement(label, ApiJson.Wire.String);
}
