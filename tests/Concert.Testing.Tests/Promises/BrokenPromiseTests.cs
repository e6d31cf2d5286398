using Concert.Testing.Promises;
using Shouldly;
using Xunit;
using static Concert.Testing.Tests.Promises.GoodEvidence;

namespace Concert.Testing.Tests.Promises;

/// <summary>Good evidence breaks nothing; each doctored copy breaks its own promise and no other.</summary>
public sealed class BrokenPromiseTests
{
    /// <summary>Name of the case → the rule that must speak, and what was doctored.</summary>
    private static readonly Dictionary<string, (string Rule, Func<IEnumerable<BrokenPromise>> Judge)> Cases = new()
    {
        // Documents, at any moment.
        ["a seat in two live reservations"] = ("S1", () => AllPromises.Always(Section() with
        {
            Reservations = [.. Reservations().Skip(1), Reserved("r1", "u1", "b", Status.Held)], Seats = new Dictionary<string, SeatFact> { ["b"] = new(Status.Sold, "r2") },
            Counts = [],
            FromDocuments = false,
        })),
        ["a seat that names a dead reservation"] = ("S1", () => AllPromises.Always(Seat("c", new(Status.Held, "r3")) with { Counts = [Counters(1, 2, 1)], Capacity = 4, Reservations = [.. Reservations(), Standing(1)] })),
        ["a seat that names nobody there is"] = ("S1", () => OneOwnerPerSeat.Now(Seat("c", new(Status.Held, "r8")))),
        ["a confirmed reservation's seat as held"] = ("S2", () => SoldMeansPaid.Seats(Seat("b", new(Status.Held, "r2")))),
        ["a seat that is held by nobody"] = ("S2", () => SoldMeansPaid.Seats(Seat("c", new(Status.Held)))),
        ["a live reservation without its seat"] = ("S3", () => AllOrNone.Seats(Seat("a", new(Status.Available)))),
        ["another end of the hold"] = ("S3", () => AllPromises.Always(Seat("a", new(Status.Held, "r1", Noon)))),
        ["counters that count too many"] = ("S4", () => AllPromises.Always(Section() with { Counts = [Counters(0, 2, 1)] })),
        ["counters that lost a place"] = ("S4", () => AllPromises.Always(Section() with { Counts = [Counters(0, 1, 1)] })),
        ["nothing left and less"] = ("S4", () => AllPromises.Always(Section() with { Counts = [Counters(-1, 1, 1)], Capacity = 1 })),
        ["no counters"] = ("S4", () => AllPromises.Always(Section() with { Counts = [] })),
        ["seats that are more than the counters say"] = ("S4", () => CountsAgree.CountSeats(Seat("c", new(Status.Held, "r1")))),
        ["more than a user may have"] = ("limit", () => UserLimit.Now(Limit() with { MaxPerUser = 2, Counted = new Dictionary<string, int>() })),
        ["more that counts than is allowed"] = ("limit", () => UserLimit.Now(Limit() with { MaxPerUser = 2, Live = new Dictionary<string, int>() })),
        ["live places that nothing counts"] = ("limit", () => UserLimit.Now(Limit() with { Counted = new Dictionary<string, int> { ["r1"] = 1 } })),
        ["a refusal while there is room"] = ("limit", () => UserLimit.Refused(Limit(), "r9", 1, 3)),

        // A saga's steps.
        ["confirmed without a payment"] = ("S2", () => SoldMeansPaid.Step(Reservations()[1], null)),
        ["confirmed and paid too little"] = ("S2", () => SoldMeansPaid.Step(Reservations()[1], Payments()[0] with { Amount = 999 })),
        ["paying without naming a payment"] = ("S2", () => SoldMeansPaid.Step(Reserved("r1", "u1", "a", Status.Held, Status.Paying), null)),
        ["a payment for another reservation"] = ("S2", () => SoldMeansPaid.Step(Reservations()[1], Payments()[0] with { ReservationId = "r1" })),
        ["completed while the reservation is held"] = ("S2", () => SoldMeansPaid.Step(Payments()[0], Reservations()[0])),
        ["refunded while the reservation is sold"] = ("S2", () => SoldMeansPaid.Step(Payments()[0] with { Status = Status.Refunded }, Reservations()[1])),
        ["another refund than the cancellation says"] = ("S2", () => SoldMeansPaid.Step(Reservations()[2], Payments()[1] with { Refund = 800 })),
        ["a refused payment that was in time"] = ("promise", () => AcceptedInTime.Check(Late(), Reserved("r1", "u1", "a", Status.Held, Status.Expired), Noon, Noon + 1)),

        // Wallets.
        ["a balance that is not the sum"] = ("L1", () => AllPromises.Always(Wallet() with { Balance = 1401 })),
        ["an entry with another balance"] = ("L1", () => AllPromises.Always(Entry(1, e => e with { BalanceAfter = 501 }))),
        ["an entry missing"] = ("L1", () => LedgerAddsUp.Check(Wallet() with { Ledger = [.. Wallet().Ledger!.Skip(1)] })),
        ["a balance below zero"] = ("L1", () => LedgerAddsUp.Check(new WalletEvidence("u", -1))),
        ["an entry taken back"] = ("L1", () => AllPromises.Always(Wallet() with { EntriesSeen = [new LedgerFact("9", EntryKind.Charge, 1, 1, "key")] })),
        ["a balance that never was"] = ("L1", () => AllPromises.Always(Wallet() with { BalancesSeen = [501] })),
        ["an entry rewritten"] = ("L1", () => LedgerAddsUp.Change("u", new("1", EntryKind.Charge, 1, 1, "key"), new("1", EntryKind.Charge, 2, 2, "key"))),
        ["totals that are not the ledger's"] = ("L2", () => AllPromises.Always(Wallet() with { Totals = new WalletTotals(1501, 1000, 900, 3) })),
        ["a debit that no payment explains"] = ("L2", () => AllPromises.Always(Wallet() with { Payments = [] })),
        ["a payment of another amount"] = ("L2", () => AllPromises.Always(Wallet() with { Payments = [Payments()[1] with { Amount = 999 }] })),
        ["money that moves under another name"] = ("L2", () => NoMoneyLost.Check(new WalletEvidence("u", 1) { Ledger = [new LedgerFact("1", "GIFT", 1, 1, "key")] })),
        ["a reservation debited twice"] = ("L3", () => OneEffect.Entries(Wallet() with { Ledger = [.. Wallet().Ledger!, Wallet().Ledger!.ElementAt(1)] })),
        ["an answered charge that is lost"] = ("L3", () => AllPromises.Always(Wallet() with { Charges = [.. Wallet().Charges!, new ChargeFact(10, 10)] })),
        ["an answered charge made twice"] = ("L3", () => AllPromises.Always(Wallet() with { Charges = [], BalancesSeen = [] })),
        ["a charge answered with another balance"] = ("L3", () => AllPromises.Always(Wallet() with { Charges = [new ChargeFact(1500, 1600), new ChargeFact(1500, null)] })),
        ["one key, two answers"] = ("L3", () => OneEffect.Repeated("a key", "r1", "r2")),
        ["one reservation, two payments"] = ("S2", () => SoldMeansPaid.PaidOnce(Wallet() with { Payments = [Payments()[1], Payments()[1] with { Id = "p8" }] })),
        ["a refund above its payment"] = ("L4", () => RefundsBounded.Check(Payments()[1] with { Refund = 1001 })),
        ["a refund below zero"] = ("L4", () => RefundsBounded.Check(Payments()[1] with { Refund = -1 })),

        // The waiting room.
        ["one user twice in the room"] = ("Q1", () => FairLine.Check(Members(new MemberFact("u1", Status.Waiting, 9, 9)))),
        ["one position twice"] = ("Q1", () => FairLine.Check(Members(new MemberFact("u9", Status.Waiting, 9, 2)))),
        ["too many active"] = ("Q1", () => FairLine.Check(Room() with { MaxActive = 1 })),
        ["somebody overtaken"] = ("Q1", () => FairLine.Check(Members(new MemberFact("u9", Status.Active, 9, WasJustAdmitted: true)) with { MaxActive = 3 })),
        ["a position that grew"] = ("Q1", () => FairLine.Line([new("u2", 2, 2), new("u1", 1, 2)])),
        ["a place lost"] = ("Q1", () => FairLine.Line([new("u2", 2, 2), new("u1", 1, null)])),
        ["somebody further ahead behind"] = ("Q1", () => FairLine.Line([new("u2", 2, 0), new("u1", 1, 1)])),

        // What is written and seen.
        ["a move that is not in the table"] = ("history", () => LegalHistory.Check(Reserved("r", "u", "a", Status.Held, Status.Confirmed))),
        ["a status that is not the history's"] = ("history", () => LegalHistory.Check(Reservations()[0] with { Status = Status.Paying })),
        ["a history rewritten"] = ("history", () => LegalHistory.Change(Reservations()[0], Reserved("r1", "u1", "a", Status.Rejected))),
        ["a reservation gone"] = ("history", () => LegalHistory.Change(Reservations()[0], null)),
        ["a status changed without a line"] = ("history", () => LegalHistory.Change(Reservations()[0], Reservations()[0] with { Status = Status.Confirmed })),
        ["a payment that failed after it was completed"] = ("history", () => LegalHistory.Change("p", Status.Completed, Status.Failed)),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Judge_DoctoredEvidence_BreaksItsOwnPromise(string name)
    {
        var (rule, judge) = Cases[name];

        judge().Select(b => b.Rule).Distinct().ShouldHaveSingleItem().ShouldBe(rule);
    }

    [Fact]
    public void Judge_GoodEvidence_BreaksNothing()
    {
        AllPromises.Always(Section()).ShouldBeEmpty();
        AllPromises.Always(Schedule()).ShouldBeEmpty();
        AllPromises.Always(Wallet()).ShouldBeEmpty();
        FairLine.Check(Room()).ShouldBeEmpty();
        FairLine.Line([new("u4", 5, 4), new("u3", 4, 3), new("u2", 2, 0), new("u1", 1, 0)]).ShouldBeEmpty();
        Reservations().SelectMany(LegalHistory.Check).ShouldBeEmpty();
        SoldMeansPaid.Step(Reservations()[2], Payments()[1]).Concat(SoldMeansPaid.Step(Payments()[1], Reservations()[2])).ShouldBeEmpty();
    }

    [Fact]
    public void Promise_PaymentStoredTooLate_IsNotOwed()
    {
        var expired = Reserved("r1", "u1", "a", Status.Held, Status.Expired);

        AcceptedInTime.Check(Late(), expired, Noon + 1, Noon + 1).ShouldBeEmpty();
        AcceptedInTime.Check(Late(), expired, null, Noon + 1).ShouldBeEmpty();
    }

    [Fact]
    public void Always_WithoutLedgerOrSeats_SaysNothing()
    {
        AllPromises.Always(new WalletEvidence("u", 5)).ShouldBeEmpty();
        AllPromises.Always(new PlacesEvidence("p") { Reservations = Reservations() }).ShouldBeEmpty();
    }

    private static PaymentFact Late() => new("p1", "u1", "r1", Status.Failed, 1000) { Reason = "hold-expired", AcceptedAt = Noon };

    private static ReservationFact Standing(int places) => Reserved("r7", "u7", "-", Status.Held) with { Seats = [], Places = places };

    private static CountFact Counters(long left, long held, long sold) => new("counters") { Available = left, Held = held, Sold = sold };

    private static RoomEvidence Members(MemberFact one) => Room() with { Members = [.. Room().Members, one] };

    private static PlacesEvidence Seat(string seat, SeatFact fact) => Section() with { Seats = Section().Seats!.ToDictionary(s => s.Key, s => s.Key == seat ? fact : s.Value) };

    private static WalletEvidence Entry(int index, Func<LedgerFact, LedgerFact> doctor) =>
        Wallet() with { Ledger = [.. Wallet().Ledger!.Select((e, i) => i == index ? doctor(e) : e)], BalancesSeen = [], EntriesSeen = [] };
}
