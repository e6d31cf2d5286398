using Concert.Rush.Judging;
using Concert.Rush.Observation;
using Concert.Rush.Options;
using Shouldly;
using Xunit;
using static Concert.Rush.Tests.GoodEvidence;

namespace Concert.Rush.Tests;

/// <summary>Good evidence is green in every verdict; each doctored copy turns its verdict red.</summary>
public sealed class VerdictTests
{
    /// <summary>Name of the case → the verdict that must turn red, and what was doctored.</summary>
    private static readonly Dictionary<string, (string Verdict, Func<Evidence> Doctored)> Cases = new()
    {
        ["two live reservations on a seat"] = ("No seat sold twice", () => Sale() with { Reservations = [.. Sale().Reservations, Reserved("r9", "u9", "a", Status.Held)] }),
        ["a claim that ran over another and was cancelled"] = ("No seat sold twice", () => Sale() with
        {
            Reservations = [.. Sale().Reservations, Reserved("r9", "u9", "b", Status.Cancelled) with { HeldAt = Noon.AddSeconds(10), EndedAt = Noon.AddSeconds(20) }],
        }),
        ["an expired hold that outlived the next"] = ("No seat sold twice", () => Sale() with
        {
            Reservations = [.. Sale().Reservations, Reserved("r9", "u9", "a", Status.Expired) with { HeldAt = Noon.AddMinutes(-1), HoldExpiresAt = Noon.AddMinutes(4), EndedAt = Noon.AddMinutes(4) }],
        }),
        ["more taken than there is"] = ("Never more than there is", () => Schedules(s => s with { Held = 3, ReservedSeats = 4, Available = -1 })),
        ["reserved seats not the sum"] = ("Never more than there is", () => Schedules(s => s with { ReservedSeats = 3 })),
        ["available not the rest"] = ("Never more than there is", () => Schedules(s => s with { Available = 2 })),
        ["another number of seats than created"] = ("Never more than there is", () => Schedules(s => s with { TotalSeats = 4, Available = 2 })),
        ["a reservation with a part of its seats"] = ("All places or none", () => Sale() with { Asks = [Sale().Asks[0] with { Seats = ["a", "d"] }, .. Sale().Asks.Skip(1)] }),
        ["a reservation of another seat"] = ("All places or none", () => Reservation("r1", r => r with { Seats = ["d"] })),
        ["a seat nobody got"] = ("Exactly the right number", () => Sale() with { Asks = [Asked("u1", "a", "r1", Status.Rejected), .. Sale().Asks.Skip(1)] }),
        ["two holds of one seat"] = ("Exactly the right number", () => Sale() with { Asks = [.. Sale().Asks, Asked("u9", "a", "r9", Status.Held)] }),
        ["a refusal for no fair reason"] = ("Exactly the right number", () => Sale() with { Asks = [.. Sale().Asks.Take(5), Sale().Asks[5] with { Refusal = "booking-closed" }] }),
        ["another count at the barrier"] = ("Exactly the right number", () => Sale() with { Barrier = new BarrierFact(2, 0, true) }),
        ["a step without an answer"] = ("Every buyer was answered", () => Sale() with { Unanswered = ["u9 hold"] }),
        ["an accepted id that is not readable"] = ("Nothing accepted was lost", () => Sale() with { Unreadable = ["r1 (not-yours)"] }),
        ["an accepted id that was never read"] = ("Nothing accepted was lost", () => Sale() with { Reservations = [.. Sale().Reservations.Skip(1)] }),
        ["a reservation still pending"] = ("Nothing accepted was lost", () => Reservation("r4", r => r with { Status = Status.Pending })),
        ["a reservation still paying"] = ("Nothing accepted was lost", () => Reservation("r2", r => r with { Status = Status.Paying })),
        ["a payment still pending"] = ("Nothing accepted was lost", () => Payment("p2", p => p with { Status = Status.Pending })),
        ["a payment that was never read"] = ("Nothing accepted was lost", () => Sale() with { Payments = [Sale().Payments[0]] }),
        ["a cancellation without effect"] = ("Nothing accepted was lost", () => Reservation("r3", r => r with { Status = Status.Confirmed, EndedAt = null })),
        ["a hold nobody was promised"] = ("Refusals left nothing behind", () => Sale() with { Reservations = [.. Sale().Reservations, Reserved("r9", "u6", "d", Status.Held) with { Unasked = true }] }),
        ["a report with other sales"] = ("Report agrees with buyers", () => Schedules(s => s with { Sold = 2, ReservedSeats = 3, Available = 0 })),
        ["a report with other holds"] = ("Report agrees with buyers", () => Schedules(s => s with { Held = 0, ReservedSeats = 1, Available = 2 })),
        ["a report with other reservations"] = ("Report agrees with buyers", () => Schedules(s => s with { Reservations = new Dictionary<string, long> { ["HELD"] = 2, ["CONFIRMED"] = 1 } })),
        ["dates with another count"] = ("Dates agree with report", () => Schedules(s => s with { DatesReserved = 1 })),
        ["dates without the schedule"] = ("Dates agree with report", () => Schedules(s => s with { DatesReserved = null })),
        ["a seat stuck"] = ("Seat map agrees", () => Seat("c", Status.Held)),
        ["a sold seat shown as free"] = ("Seat map agrees", () => Seat("b", Status.Available)),
        ["no seat map"] = ("Seat map agrees", () => Schedules(s => s with { SeatMap = null })),
        ["sold and never paid"] = ("Sold means paid once", () => Payment("p2", p => p with { Status = Status.Failed })),
        ["paid twice"] = ("Sold means paid once", () => Sale() with { Payments = [.. Sale().Payments, new PaymentFact("p9", "u2", "r2", Status.Completed, 1000)] }),
        ["paid another amount"] = ("Sold means paid once", () => Payment("p2", p => p with { Amount = 999 })),
        ["paid and not sold"] = ("Sold means paid once", () => Reservation("r2", r => r with { Status = Status.Expired })),
        ["a covered payment refused at once"] = ("Payments and cancels went through", () => Sale() with { PaymentAttempts = [new PaymentAttempt("u1", "r1", null, "insufficient-balance")] }),
        ["a covered payment that failed"] = ("Payments and cancels went through", () => Sale() with
        {
            PaymentAttempts = [.. Sale().PaymentAttempts, new PaymentAttempt("u1", "r1", "p1", null) { Outcome = Status.Failed, Reason = "insufficient-balance" }],
        }),
        ["a cancel refused"] = ("Payments and cancels went through", () => Sale() with { Cancels = [new CancelAttempt("u3", "r3", false, "cancel-window-closed")] }),
        ["entries that are not the balance"] = ("Ledgers add up", () => Wallet(w => w with { LedgerSum = w.LedgerSum + 1 })),
        ["a step that does not add up"] = ("Ledgers add up", () => Wallet(w => w with { ChainHolds = false })),
        ["a balance below zero"] = ("Ledgers add up", () => Wallet(w => w with { LowestBalance = -1 })),
        ["a charge lost"] = ("No won lost or made up", () => Wallet(w => w with { Charges = 0, Charged = 0, Balance = -1000, LedgerSum = -1000 })),
        ["a charge twice"] = ("No won lost or made up", () => Wallet(w => w with { Charges = 2, Charged = 3000, Balance = 2000, LedgerSum = 2000 })),
        ["a debit twice"] = ("No won lost or made up", () => Wallet(w => w with { Payments = 2, Paid = 2000, Balance = -500, LedgerSum = -500 })),
        ["a refund nobody saw"] = ("No won lost or made up", () => Wallet(w => w with { Refunds = 1, Refunded = 1000, Balance = 1500, LedgerSum = 1500 })),
        ["a won made up"] = ("No won lost or made up", () => Wallet(w => w with { Balance = w.Balance + 1, LedgerSum = w.LedgerSum + 1 })),
        ["a refund above its payment"] = ("Refunds within payments", () => Reservation("r3", r => r with { RefundAmount = 1001 })),
        ["a refund without a payment"] = ("Refunds within payments", () => Reservation("r1", r => r with { RefundAmount = 1 })),
        ["a report with other payments"] = ("Report's money agrees", () => Schedules(s => s with { Paid = 1000 })),
        ["a report with other refunds"] = ("Report's money agrees", () => Schedules(s => s with { Refunded = 0 })),
        ["a cart count that is not fours"] = ("Exactly the right number", () => Sale() with { Scenario = Scenario.Carts, Barrier = new BarrierFact(11, 0, true) }),
        ["no cart at all"] = ("Exactly the right number", () => Sale() with { Scenario = Scenario.Carts, Barrier = null, Asks = [.. Sale().Asks.Skip(3)] }),
        ["a use missing"] = ("Exactly the right number", () => WalletRush() with { ExpectedUses = 2 }),
        ["a charge missing"] = ("Exactly the right number", () => WalletRush() with { ExpectedCharges = 3 }),
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
    public void Judge_GoodSale_KeepsEveryPromise() => Broken(Sale()).ShouldBeEmpty();

    [Fact]
    public void Judge_GoodWalletRush_KeepsEveryPromise() => Broken(WalletRush()).ShouldBeEmpty();

    [Fact]
    public void Judge_EveryVerdict_HasADoctoredCase() =>
        Verdicts.Judge(Sale()).Select(v => v.Name).Except(Cases.Values.Select(c => c.Verdict)).ShouldBeEmpty();

    [Fact]
    public void Judge_SeatSoldAgainAfterItsHoldEnded_IsFine()
    {
        var sale = Sale() with { Barrier = null };
        var resold = sale with
        {
            Asks = [.. sale.Asks, Asked("u7", "a", "r7", Status.Held)],
            Reservations = [.. sale.Reservations, Reserved("r7", "u7", "a", Status.Expired) with { HeldAt = Noon.AddMinutes(-6), HoldExpiresAt = Noon.AddMinutes(-1), EndedAt = Noon }],
        };

        Broken(resold).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 2)]
    public void Judge_HoldThatEndsDuringTheAudit_MayBeCountedOrNot(int held, int available)
    {
        var sale = Sale() with { To = Noon.AddMinutes(5) };
        var doctored = sale with
        {
            Schedules = [sale.Schedules[0] with
            {
                Held = held, Available = available, ReservedSeats = held + 1, DatesReserved = held + 1,
                Reservations = new Dictionary<string, long> { ["HELD"] = held, ["CONFIRMED"] = 1 },
            }],
        };

        Broken(doctored).ShouldBeEmpty();
    }

    [Fact]
    public void Judge_ReservationAfterUnansweredRequest_IsNotATrace()
    {
        var sale = Sale();
        var doctored = sale with
        {
            Unanswered = ["u9 hold"],
            Reservations = [.. sale.Reservations, Reserved("r9", "u9", "d", Status.Held) with { Unasked = true }],
        };

        Verdicts.Judge(doctored).Single(v => v.Name == "Refusals left nothing behind").Kept.ShouldBeTrue();
    }

    [Fact]
    public void From_ManyFaults_ShowsTheFirstAndCountsTheRest() =>
        Verdict.From("n", "r", ["a", "b", "c", "d", "e"], "").Detail.ShouldBe("a; b; c; and 2 more");

    private static List<string> Broken(Evidence evidence) => [.. Verdicts.Judge(evidence).Where(v => !v.Kept).Select(v => $"{v.Name}: {v.Detail}")];

    private static Evidence Schedules(Func<ScheduleFact, ScheduleFact> doctor) => Sale() with { Schedules = [doctor(Sale().Schedules[0])] };

    private static Evidence Reservation(string id, Func<ReservationFact, ReservationFact> doctor) =>
        Sale() with { Reservations = [.. Sale().Reservations.Select(r => r.Id == id ? doctor(r) : r)] };

    private static Evidence Payment(string id, Func<PaymentFact, PaymentFact> doctor) =>
        Sale() with { Payments = [.. Sale().Payments.Select(p => p.Id == id ? doctor(p) : p)] };

    private static Evidence Wallet(Func<WalletFact, WalletFact> doctor) => Sale() with { Wallets = [doctor(Sale().Wallets[0]), Sale().Wallets[1]] };

    private static Evidence Seat(string seat, string status) =>
        Schedules(s => s with { SeatMap = s.SeatMap!.ToDictionary(p => p.Key, p => p.Key == seat ? status : p.Value) });
}
