using Concert.Rush.Judging;
using Concert.Rush.Observation;
using Concert.Rush.Options;
using Shouldly;
using Xunit;
using static Concert.Rush.Tests.GoodEvidence;

namespace Concert.Rush.Tests;

/// <summary>
/// Each verdict has its rules behind it, and what only the drill can judge can turn red. In how many ways each rule can be broken is for the rules' own tests.
/// </summary>
public sealed class VerdictTests
{
    /// <summary>Name of the case → the verdict that must turn red, and what was doctored.</summary>
    private static readonly Dictionary<string, (string Verdict, Func<DrillEvidence> Doctored)> Cases = new()
    {
        ["two live reservations on a seat"] = ("No seat sold twice", () => Places(p => p with { Reservations = [.. p.Reservations, Reserved("r9", "u9", "a", Status.Held)] })),
        ["a claim that ran over another and was cancelled"] = ("No seat sold twice", () => Places(p => p with
        {
            Reservations = [.. p.Reservations, Reserved("r9", "u9", "b", Status.Held, Status.Paying, Status.Confirmed, Status.Cancelled, Status.Cancelled)],
        })),
        ["more taken than there is"] = ("Never oversold", () => Report(r => r with { Held = 2, Reserved = 3, Available = -1 })),
        ["a reservation with a part of its seats"] = ("All places or none", () => Sale(s => s with { Requests = [s.Requests![0] with { Seats = ["a", "d"], Places = 2 }, .. s.Requests.Skip(1)] })),
        ["a seat nobody got"] = ("Exactly the right number", () => GoodDrill() with { Asks = [Asked("u1", "a", "r1", Status.Rejected), .. GoodDrill().Asks.Skip(1)] }),
        ["two holds of one seat"] = ("Exactly the right number", () => GoodDrill() with { Asks = [.. GoodDrill().Asks, Asked("u9", "a", "r9", Status.Held)] }),
        ["a refusal for no fair reason"] = ("Exactly the right number", () => GoodDrill() with { Asks = [.. GoodDrill().Asks.Take(3), GoodDrill().Asks[3] with { Refusal = "booking-closed" }] }),
        ["another count at the barrier"] = ("Exactly the right number", () => GoodDrill() with { Barrier = new BarrierFact(1, 0, true) }),
        ["a cart count that is not fours"] = ("Exactly the right number", () => GoodDrill() with { Scenario = Scenario.Carts, Barrier = new BarrierFact(7, 0, true) }),
        ["no cart at all"] = ("Exactly the right number", () => GoodDrill() with { Scenario = Scenario.Carts, Barrier = null, Asks = [.. GoodDrill().Asks.Skip(2)] }),
        ["a use missing"] = ("Exactly the right number", () => GoodWalletDrill() with { ExpectedUses = 2 }),
        ["a charge missing"] = ("Exactly the right number", () => GoodWalletDrill() with { ExpectedCharges = 2 }),
        ["a step without an answer"] = ("Every buyer was answered", () => Sale(s => s with { Unanswered = ["u9 hold"] })),
        ["an accepted id that is not readable"] = ("Nothing accepted was lost", () => Sale(s => s with { Missing = ["r1 (not-yours)"] })),
        ["a payment still pending"] = ("Nothing accepted was lost", () => Sale(s => s with { Payments = [.. s.Payments, new PaymentFact("p9", "u1", "r1", Status.Pending, 1000)] })),
        ["a move that is not in the table"] = ("Nothing was taken back", () => Places(p => p with { Reservations = [.. p.Reservations.Skip(1), Reserved("r1", "u1", "a", Status.Paying, Status.Held)] })),
        ["a hold nobody was promised"] = ("Refusals left nothing behind", () => Sale(s => s with { Requests = [.. s.Requests!.Skip(1)] })),
        ["a report with other sales"] = ("Report agrees with buyers", () => Report(r => r with { Sold = 2, Held = 0 })),
        ["dates with another count"] = ("Dates agree with report", () => Places(p => p with { Counts = [p.Counts[0], p.Counts[1] with { Reserved = 1 }] })),
        ["dates without the schedule"] = ("Dates agree with report", () => Report(r => r)),
        ["a seat stuck"] = ("Seat map agrees", () => Places(p => p with { Seats = new Dictionary<string, SeatFact> { ["a"] = new(Status.Held), ["b"] = new(Status.Available) } })),
        ["no seat map"] = ("Seat map agrees", () => Places(p => p with { Seats = null })),
        ["sold and never paid"] = ("Sold means paid once", () => Sale(s => s with { Payments = [] })),
        ["a covered payment refused at once"] = ("Payments and cancellations succeeded", () => GoodDrill() with { PaymentAttempts = [new PaymentAttempt("u1", "r1", null, "insufficient-balance")] }),
        ["a covered payment that failed"] = ("Payments and cancellations succeeded", () => GoodDrill() with
        {
            PaymentAttempts = [new PaymentAttempt("u1", "r1", "p1", null) { Outcome = Status.Failed, Reason = "insufficient-balance" }],
        }),
        ["a cancel refused"] = ("Payments and cancellations succeeded", () => GoodDrill() with { Cancels = [new CancelAttempt("u1", "r1", false, "cancel-window-closed")] }),
        ["a balance that is not the sum"] = ("Ledgers add up", () => Wallet(w => w with { Balance = 501 })),
        ["a charge lost"] = ("No money lost or invented", () => Wallet(w => w with { Charges = [.. w.Charges!, new ChargeFact(7, 507)] })),
        ["a payment that moved no money"] = ("No money lost or invented", () => Wallet(w => w with { Payments = [] })),
        ["a refund above its payment"] = ("Refunds within payments", () => Sale(s => s with { Payments = [s.Payments[0] with { Refund = 1001 }] })),
        ["a report with other payments"] = ("Report agrees on money", () => Places(p => p with { Money = (999, 0) })),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Judge_DoctoredEvidence_TurnsItsVerdictRed(string name)
    {
        var (verdict, doctored) = Cases[name];

        Verdicts.Judge(doctored()).Single(v => v.Name == verdict).Kept.ShouldBeFalse();
    }

    [Fact]
    public void Judge_GoodDrills_KeepEveryPromise() => Verdicts.Judge(GoodDrill()).Concat(Verdicts.Judge(GoodWalletDrill())).Where(v => !v.Kept).ShouldBeEmpty();

    [Fact]
    public void Judge_EveryVerdict_HasADoctoredCase() =>
        Verdicts.Judge(GoodDrill()).Select(v => v.Name).Except(Cases.Values.Select(c => c.Verdict)).ShouldBeEmpty();

    [Fact]
    public void From_ManyFaults_ShowsTheFirstAndCountsTheRest() =>
        Verdict.From("n", "r", ["a", "b", "c", "d", "e"], "").Detail.ShouldBe("a; b; c; and 2 more");

    private static DrillEvidence Sale(Func<SaleEvidence, SaleEvidence> doctor) => GoodDrill() with { Sale = doctor(GoodEvidence.Sale()) };

    private static DrillEvidence Places(Func<PlacesEvidence, PlacesEvidence> doctor) => Sale(s => s with { Places = [doctor(s.Places[0])] });

    private static DrillEvidence Report(Func<CountFact, CountFact> doctor) => Places(p => p with { Counts = [doctor(p.Counts[0])] });

    private static DrillEvidence Wallet(Func<WalletEvidence, WalletEvidence> doctor) => Sale(s => s with { Wallets = [doctor(s.Wallets[0])] });
}
