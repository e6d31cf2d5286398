using Concert.Rush.Observation;
using Concert.Rush.Options;

namespace Concert.Rush.Tests;

/// <summary>
/// A small sale without fault, for tests to doctor: six buyers wanted seats a, b, c. a is held by u1; b was sold to u2; c was held by u3, paid,
/// cancelled and refunded; u4, u5 and u6 were refused.
/// </summary>
internal static class GoodEvidence
{
    public const string Schedule = "c1-s1";
    public static readonly DateTimeOffset Noon = new(2030, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static Evidence Sale() => new(Scenario.Places)
    {
        Buyers = 6,
        From = Noon.AddMinutes(1),
        To = Noon.AddMinutes(1.1),
        Asks =
        [
            Asked("u1", "a", "r1", Status.Held), Asked("u2", "b", "r2", Status.Held), Asked("u3", "c", "r3", Status.Held),
            Asked("u4", "a", "r4", Status.Rejected), Asked("u5", "b", "r5", Status.Rejected),
            new Ask("u6", Schedule, ["c"]) { Refusal = "seat-taken" },
        ],
        Reservations =
        [
            Reserved("r1", "u1", "a", Status.Held),
            Reserved("r2", "u2", "b", Status.Confirmed),
            Reserved("r3", "u3", "c", Status.Cancelled) with { EndedAt = Noon.AddSeconds(30), RefundAmount = 1000 },
            Reserved("r4", "u4", "a", Status.Rejected) with { HeldAt = null }, Reserved("r5", "u5", "b", Status.Rejected) with { HeldAt = null },
        ],
        PaymentAttempts = [new PaymentAttempt("u2", "r2", "p2", null), new PaymentAttempt("u3", "r3", "p3", null)],
        Payments = [new PaymentFact("p2", "u2", "r2", Status.Completed, 1000), new PaymentFact("p3", "u3", "r3", Status.Refunded, 1000)],
        Cancels = [new CancelAttempt("u3", "r3", true, null)],
        Wallets = [Wallet("u2", 1500, paid: 1000, refunded: 0), Wallet("u3", 1200, paid: 1000, refunded: 1000)],
        Schedules =
        [
            new ScheduleFact(Schedule, "c1", 3)
            {
                TotalSeats = 3, Available = 1, Held = 1, Sold = 1, ReservedSeats = 2, Paid = 2000, Refunded = 1000, DatesTotal = 3, DatesReserved = 2,
                Reservations = new Dictionary<string, long> { ["held"] = 1, ["confirmed"] = 1, ["cancelled"] = 1 },
                SeatMap = new Dictionary<string, string> { ["a"] = Status.Held, ["b"] = Status.Sold, ["c"] = Status.Available },
            },
        ],
        Barrier = new BarrierFact(3, 0, EveryHoldStillRan: true),
    };

    public static Evidence WalletRush() => new(Scenario.Wallet)
    {
        Buyers = 1,
        ExpectedUses = 1,
        ExpectedCharges = 2,
        Asks = [Asked("u1", "a", "r1", Status.Held)],
        Reservations = [Reserved("r1", "u1", "a", Status.Confirmed)],
        PaymentAttempts = [new PaymentAttempt("u1", "r1", "p1", null)],
        Payments = [new PaymentFact("p1", "u1", "r1", Status.Completed, 1000)],
        Wallets = [Wallet("u1", 1500, paid: 1000, refunded: 0) with { Charges = 2, ChargesHere = 2 }],
        Schedules =
        [
            new ScheduleFact(Schedule, "c1", 1)
            {
                TotalSeats = 1, Sold = 1, ReservedSeats = 1, Paid = 1000, DatesTotal = 1, DatesReserved = 1,
                Reservations = new Dictionary<string, long> { ["CONFIRMED"] = 1 }, SeatMap = new Dictionary<string, string> { ["a"] = Status.Sold },
            },
        ],
    };

    public static Ask Asked(string user, string seat, string id, string outcome) =>
        new(user, Schedule, [seat]) { ReservationId = id, Outcome = outcome, Reason = outcome == Status.Rejected ? "seat-taken" : null };

    public static ReservationFact Reserved(string id, string user, string seat, string status) => new(id, user, Schedule, status)
    {
        Seats = [seat],
        TotalAmount = 1000,
        HeldAt = Noon,
        HoldExpiresAt = Noon.AddMinutes(5),
    };

    private static WalletFact Wallet(string user, long charged, long paid, long refunded) => new(user, charged - paid + refunded)
    {
        Charged = charged,
        Charges = 1,
        ChargedHere = charged,
        ChargesHere = 1,
        Paid = paid,
        Payments = 1,
        Refunded = refunded,
        Refunds = refunded > 0 ? 1 : 0,
        LedgerSum = charged - paid + refunded,
    };
}
