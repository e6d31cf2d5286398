using Concert.Testing.Promises;

namespace Concert.Testing.Tests.Promises;

/// <summary>
/// A small sale without fault, for tests to doctor: seats a, b, c. a is held by u1; b was sold to u2; c was held by u3, paid, cancelled and refunded; u4 was
/// refused after it was accepted and u5 at once.
/// </summary>
internal static class GoodEvidence
{
    public const long Noon = 1_777_600_800_000;
    private const long Minute = 60_000;

    private static readonly ReservationFact Cancelled = Reserved("r3", "u3", "c", Status.Held, Status.Paying, Status.Confirmed, Status.Cancelled) with { PaymentId = "p3", Refund = 900 };
    private static readonly ReservationFact Bought = Reserved("r2", "u2", "b", Status.Held, Status.Paying, Status.Confirmed) with { PaymentId = "p2" };

    /// <summary>One user of several sections: two live reservations; what has ended need not be named any more.</summary>
    public static LimitEvidence Limit() => new("u1", 4)
    {
        Counted = new Dictionary<string, int> { ["r1"] = 1, ["s1"] = 2 },
        Live = new Dictionary<string, int> { ["r1"] = 1, ["s1"] = 2 },
    };

    /// <summary>As documents have it.</summary>
    public static PlacesEvidence Section() => new("section")
    {
        Capacity = 3,
        FromDocuments = true,
        Seats = new Dictionary<string, SeatFact> { ["a"] = new(Status.Held, "r1", Noon + (5 * Minute)), ["b"] = new(Status.Sold, "r2"), ["c"] = new(Status.Available) },
        Reservations = Reservations(),
        Counts = [new CountFact("counters") { Available = 1, Held = 1, Sold = 1 }],
    };

    /// <summary>As buyers and staff are shown it.</summary>
    public static PlacesEvidence Schedule() => new("schedule")
    {
        Capacity = 3,
        Numbered = 3,
        Seats = new Dictionary<string, SeatFact> { ["a"] = new(Status.Held), ["b"] = new(Status.Sold), ["c"] = new(Status.Available) },
        Reservations = Reservations(),
        Counts =
        [
            new CountFact("report")
            {
                Total = 3, Available = 1, Held = 1, Sold = 1, Reserved = 2,
                Reservations = new Dictionary<string, long> { [Status.Held] = 1, [Status.Confirmed] = 1, [Status.Cancelled] = 1 },
            },
            new CountFact("dates") { Total = 3, Reserved = 2 },
        ],
        Money = (2000, 900),
    };

    public static WalletEvidence Wallet() => new("u3", 1400)
    {
        Ledger =
        [
            new LedgerFact("1", EntryKind.Charge, 1500, 1500, "key") { Number = 1 },
            new LedgerFact("2", EntryKind.Payment, -1000, 500, "r3") { Number = 2 },
            new LedgerFact("3", EntryKind.Refund, 900, 1400, "r3") { Number = 3 },
        ],
        Totals = new WalletTotals(1500, 1000, 900, 3),
        Payments = [Payments()[1], new PaymentFact("p9", "u3", "r3", Status.Failed, 1000)],
        Charges = [new ChargeFact(1500, 1500), new ChargeFact(70, null)],
        EntriesSeen = [new LedgerFact("1", EntryKind.Charge, 1500, 1500, "key") { Number = 1 }],
        BalancesSeen = [0, 500],
    };

    public static SaleEvidence Sale() => new()
    {
        Places = [Schedule()],
        Wallets =
        [
            Wallet() with { Payments = [Payments()[1]] },
            new WalletEvidence("u2", 500)
            {
                Ledger = [new LedgerFact("1", EntryKind.Charge, 1500, 1500, "key"), new LedgerFact("2", EntryKind.Payment, -1000, 500, "r2")],
            },
        ],
        Payments = Payments(),
        Requests =
        [
            Asked("u1", "a", "r1"), Asked("u2", "b", "r2") with { Payments = [new PaymentRequestFact("p2", [Status.Pending])] },
            Asked("u3", "c", "r3") with { CancelStands = true, Seen = [Cancelled with { Status = Status.Held, History = [.. Cancelled.History.Take(2)] }] },
            Asked("u4", "a", "r4"), Asked("u5", "b", null) with { Refusal = "seat-taken" },
        ],
        HoldsMayRun = true,
        ClockSkew = 0,
        Charged = 3000,
    };

    public static ReservationFact[] Reservations() =>
    [
        Reserved("r1", "u1", "a", Status.Held), Bought, Cancelled, Reserved("r4", "u4", "a", Status.Rejected) with { HoldEndsAt = null },
    ];

    /// <summary>A reservation of one seat at 1,000 won that went through these statuses, a second each.</summary>
    public static ReservationFact Reserved(string id, string user, string seat, params string[] statuses) => new(id, user, statuses[^1])
    {
        Seats = [seat],
        Places = 1,
        Total = 1000,
        HoldEndsAt = Noon + (5 * Minute),
        History = [.. statuses.Prepend(Status.Pending).Select((s, i) => new HistoryFact(Noon + (1000 * i), s))],
    };

    public static RequestFact Asked(string user, string seat, string? id) => new(user) { Seats = [seat], Places = 1, Id = id, Key = $"key-{user}" };

    public static PaymentFact[] Payments() =>
        [new("p2", "u2", "r2", Status.Completed, 1000), new PaymentFact("p3", "u3", "r3", Status.Refunded, 1000) with { Refund = 900 }];

    public static RoomEvidence Room() => new(
        "room", 2, [new("u1", Status.Active, 1), new("u2", Status.Active, 2, WasJustAdmitted: true), new("u3", Status.Waiting, 3, 1), new("u4", Status.Waiting, 4, 2)]);
}
