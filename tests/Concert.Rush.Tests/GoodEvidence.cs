using Concert.Rush.Observation;
using Concert.Rush.Options;

namespace Concert.Rush.Tests;

/// <summary>
/// A small drill without fault, for tests to doctor: four buyers wanted seats a and b. a is held by u1, b was sold to u2, u3 and u4 were refused.
/// </summary>
internal static class GoodEvidence
{
    private static readonly DateTimeOffset Noon = new(2030, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static DrillEvidence GoodDrill() => new(Scenario.Places)
    {
        Buyers = 4,
        Asks = [Asked("u1", "a", "r1", Status.Held), Asked("u2", "b", "r2", Status.Held), Asked("u3", "a", "r3", Status.Rejected), new Ask("u4", "s1", ["b"]) { Refusal = "seat-taken" }],
        PaymentAttempts = [new PaymentAttempt("u2", "r2", "p2", null)],
        Barrier = new BarrierFact(2, 0, EveryHoldStillRan: true),
        Sale = Sale(),
    };

    public static DrillEvidence GoodWalletDrill() => new(Scenario.Wallet)
    {
        Buyers = 1,
        ExpectedUses = 1,
        ExpectedCharges = 1,
        Asks = [Asked("u2", "b", "r2", Status.Held)],
        PaymentAttempts = [new PaymentAttempt("u2", "r2", "p2", null)],
        Sale = Sale(),
    };

    public static SaleEvidence Sale() => new()
    {
        Places =
        [
            new PlacesEvidence("s1")
            {
                Capacity = 2,
                Numbered = 2,
                Seats = new Dictionary<string, SeatFact> { ["a"] = new(Status.Held), ["b"] = new(Status.Sold) },
                Reservations = [Reserved("r1", "u1", "a", Status.Held), Reserved("r2", "u2", "b", Status.Held, Status.Paying, Status.Confirmed) with { PaymentId = "p2" }, Reserved("r3", "u3", "a", Status.Rejected)],
                Counts = [new CountFact("report") { Total = 2, Available = 0, Held = 1, Sold = 1, Reserved = 2 }, new CountFact("dates") { Total = 2, Reserved = 2 }],
                Money = (1000, 0),
            },
        ],
        Payments = [new PaymentFact("p2", "u2", "r2", Status.Completed, 1000)],
        Wallets =
        [
            new WalletEvidence("u2", 500)
            {
                Ledger = [new LedgerFact("1", EntryKind.Charge, 1500, 1500, "key"), new LedgerFact("2", EntryKind.Payment, -1000, 500, "r2")],
                Payments = [new PaymentFact("p2", "u2", "r2", Status.Completed, 1000)],
                Charges = [new ChargeFact(1500, 1500)],
            },
        ],
        Requests = [Request("u1", "a", "r1"), Request("u2", "b", "r2"), Request("u3", "a", "r3"), Request("u4", "b", null) with { Refusal = "seat-taken" }],
        HoldsMayRun = true,
    };

    public static Ask Asked(string user, string seat, string id, string outcome) =>
        new(user, "s1", [seat]) { ReservationId = id, Outcome = outcome, Reason = outcome == Status.Rejected ? "seat-taken" : null };

    public static ReservationFact Reserved(string id, string user, string seat, params string[] statuses) => new(id, user, statuses[^1])
    {
        Seats = [seat],
        Places = 1,
        Total = 1000,
        HoldEndsAt = Noon.AddMinutes(5).ToUnixTimeMilliseconds(),
        History = [.. statuses.Prepend(Status.Pending).Select((s, i) => new HistoryFact(Noon.AddSeconds(i).ToUnixTimeMilliseconds(), s))],
    };

    private static RequestFact Request(string user, string seat, string? id) => new(user) { Seats = [seat], Places = 1, Id = id };
}
