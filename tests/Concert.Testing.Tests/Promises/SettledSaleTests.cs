using Concert.Testing.Promises;
using Shouldly;
using Xunit;
using static Concert.Testing.Tests.Promises.GoodEvidence;

namespace Concert.Testing.Tests.Promises;

/// <summary>A whole sale as it is seen from outside when it is over: each doctored copy breaks its own promise and no other.</summary>
public sealed class SettledSaleTests
{
    private static readonly Dictionary<string, (string Rule, Func<SaleEvidence> Doctored)> Cases = new()
    {
        ["a claim that ran over another and was cancelled"] = ("S1", () => More(Reserved("r9", "u9", "b", Status.Held, Status.Cancelled), cancelled: true)),
        ["an expired hold that outlived the next"] = ("S1", () => More(Reserved("r9", "u9", "a", Status.Held, Status.Expired) with { History = [At(0, Status.Pending), At(500, Status.Held), At(9000, Status.Expired)] }, cancelled: true)),
        ["sold and never paid"] = ("S2", () => Sale() with { Payments = [Payments()[1]], Places = [Schedule() with { Money = null }], Requests = null, Charged = null }),
        ["a sold seat shown as free"] = ("S2", () => Map("b", Status.Available)),
        ["a seat stuck"] = ("S2", () => Map("c", Status.Held)),
        ["a sold seat shown as held"] = ("S2", () => Map("b", Status.Held)),
        ["a seat of somebody's shown nowhere"] = ("S2", () => Places(p => p with { Seats = p.Seats!.Where(s => s.Key != "a").ToDictionary(), Numbered = 2 })),
        ["a payment that the reservation does not name"] = ("S2", () => Reservation("r2", r => r with { PaymentId = "p8" })),
        ["a part of the seats"] = ("S3", () => Request("u1", r => r with { Seats = ["a", "d"], Places = 2 })),
        ["another seat than was asked for"] = ("S3", () => Request("u1", r => r with { Seats = ["d"] })),
        ["reserved that is not the sum"] = ("S4", () => Report(r => r with { Reserved = 3 })),
        ["available that is not the rest"] = ("S4", () => Report(r => r with { Available = 2 })),
        ["other places than were put on sale"] = ("S4", () => Report(r => r with { Total = 4 })),
        ["a report with other holds"] = ("S4", () => Report(r => r with { Held = 0, Available = 2, Reserved = 1 })),
        ["a report with other reservations"] = ("S4", () => Report(r => r with { Reservations = new Dictionary<string, long> { [Status.Held] = 2, [Status.Confirmed] = 1 } })),
        ["dates with another count"] = ("S4", () => Places(p => p with { Counts = [p.Counts[0], p.Counts[1] with { Reserved = 1 }] })),
        ["a map with a seat too many"] = ("S4", () => Places(p => p with { Numbered = 2 })),
        ["a report with other payments"] = ("L2", () => Places(p => p with { Money = (1000, 900) }) with { Charged = null }),
        ["a report with other refunds"] = ("L2", () => Places(p => p with { Money = (2000, 0) }) with { Charged = null }),
        ["a charge that nobody has"] = ("L2", () => Sale() with { Charged = 3001 }),
        ["a hold that nobody was promised"] = ("L3", () => Sale() with { Requests = [.. Sale().Requests!.Where(r => r.UserId != "u1"), Asked("u1", "a", null) with { Refusal = "seat-taken" }] }),
        ["a reservation shown twice"] = ("L3", () => Places(p => p with { Reservations = [.. p.Reservations, Reservations()[3]] })),
        ["a key that held places twice"] = ("L3", () => Sale() with { Requests = [.. Sale().Requests!.Select(r => r.Id is "r1" or "r2" ? r with { UserId = "u1", Key = "same", Payments = [] } : r)] }),
        ["another body where there was one"] = ("L3", () => Reservation("r4", r => r with { Reason = "idempotency-mismatch" })),
        ["a refund without a payment"] = ("L4", () => Places(p => p with { Money = null, Reservations = [p.Reservations.First() with { Refund = 1 }, .. p.Reservations.Skip(1)] }) with { Charged = null }),
        ["a part that is not asked for"] = ("L3", () => Partly(parts: [])),
        ["more of a part back than it cost"] = ("L4", () => Partly(refund: 1001)),
        ["a part refunded and not paid back"] = ("S2", () => Partly(paidBack: 500)),
        ["a part that was accepted and kept"] = ("F1", () => Partly(stands: ["b"])),
        ["less back than was due"] = ("L4", () => Sale() with { RefundsAreFull = true }),
        ["a hold that never ends"] = ("F1", () => Sale() with { HoldsMayRun = false }),
        ["a payment that never ends"] = ("F1", () => Sale() with { Payments = [.. Payments(), new PaymentFact("p9", "u1", "r1", Status.Pending, 1000)] }),
        ["a refund that never comes"] = ("F1", () => Reservation("r1", r => r with { IsCancelling = true })),
        ["a dead letter"] = ("F1", () => Places(p => p with { DeadLetters = 1 })),
        ["a command that waits"] = ("F1", () => Sale() with { Waiting = 1 }),
        ["an accepted id that is not readable"] = ("F1", () => Sale() with { Missing = ["r1 (not-yours)"] }),
        ["an accepted reservation that is not there"] = ("F1", () => Request("u4", r => r with { Id = "r8" })),
        ["an accepted payment that is not there"] = ("F1", () => Request("u1", r => r with { Payments = [new PaymentRequestFact("p8", [])] })),
        ["a cancellation without effect"] = ("F1", () => Request("u2", r => r with { CancelStands = true })),
        ["a step without an answer"] = ("F1", () => Sale() with { Unanswered = ["u9 hold"] }),
        ["a sight that was taken back"] = ("history", () => Request("u1", r => r with { Seen = [Reserved("r1", "u1", "a", Status.Rejected)] })),
        ["a payment that was taken back"] = ("history", () => Request("u2", r => r with { Payments = [new PaymentRequestFact("p2", [Status.Refunded])] })),
        ["a way that is not in the table"] = ("history", () => Reservation("r1", r => r with { History = [At(0, Status.Held)] })),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Settled_DoctoredEvidence_BreaksItsOwnPromise(string name)
    {
        var (rule, doctored) = Cases[name];

        var broken = AllPromises.Settled(doctored()).ToList();

        broken.Select(b => b.Rule).Distinct().ShouldBe([rule], string.Join('\n', broken));
    }

    [Fact]
    public void Settled_GoodSale_BreaksNothing() => AllPromises.Settled(Sale()).ShouldBeEmpty();

    [Fact]
    public void Settled_SeatSoldAgainAfterItsHoldEnded_IsFine() =>
        AllPromises.Settled(More(Reserved("r9", "u9", "a", Status.Held, Status.Expired) with { History = [At(-9000, Status.Pending), At(-8000, Status.Held), At(9000, Status.Expired)], HoldEndsAt = Noon }, cancelled: true)).ShouldBeEmpty();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 2)]
    public void Settled_HoldThatEndsWhileItIsRead_MayBeCountedOrNot(int held, int available)
    {
        var blurred = Reservation("r1", r => r with { IsBlurred = true });
        var sale = blurred with
        {
            Places = [.. blurred.Places.Select(p => p with
            {
                Counts = [p.Counts[0] with { Held = held, Available = available, Reserved = held + 1, Reservations = new Dictionary<string, long> { [Status.Held] = held, [Status.Confirmed] = 1 } }, p.Counts[1]],
            })],
        };

        AllPromises.Settled(sale).ShouldBeEmpty();
    }

    [Fact]
    public void Settled_ReservationAfterAnUnansweredRequest_IsNotUnasked()
    {
        var sale = Sale();
        var unknown = sale with { Requests = [.. sale.Requests!.Where(r => r.UserId != "u1"), Asked("u1", "a", null)] };
        var unsure = sale with { Requests = [.. sale.Requests!.Where(r => r.UserId != "u1")], Unsure = new HashSet<string> { "u1" } };

        AllPromises.Settled(unknown).ShouldBeEmpty();
        AllPromises.Settled(unsure).ShouldBeEmpty();
    }

    [Fact]
    public void Settled_PartGivenBackAndRefunded_IsFine() => AllPromises.Settled(Partly()).ShouldBeEmpty();

    /// <summary>r2 had seat x too and gave it back, for all of its 1,000 won.</summary>
    private static SaleEvidence Partly(long refund = 1000, long? paidBack = null, IReadOnlyList<string>? parts = null, IReadOnlyList<string>? stands = null) =>
        Reservation("r2", r => r with { Parts = [new PartFact(Noon + 5000, ["x"], 1, 1000, refund)], Refund = refund }) is var sale
            ? sale with
            {
                Places = [.. sale.Places.Select(p => p with { Money = null })],
                Payments = [Payments()[0] with { Amount = 2000, Refund = paidBack ?? refund }, Payments()[1]],
                Requests =
                [
                    .. sale.Requests!.Select(r => r.UserId == "u2"
                        ? r with { Seats = ["b", "x"], Places = 2, PartsAsked = [(parts ?? ["x"], 0)], PartsStand = stands is null ? [] : [(stands, 0)] }
                        : r),
                ],
                Wallets = [],
                Charged = null,
            }
            : sale;

    private static HistoryFact At(long milliseconds, string status) => new(Noon + milliseconds, status);

    private static SaleEvidence Places(Func<PlacesEvidence, PlacesEvidence> doctor) => Sale() with { Places = [doctor(Schedule())] };

    private static SaleEvidence Map(string seat, string status) => Places(p => p with { Seats = p.Seats!.ToDictionary(s => s.Key, s => s.Key == seat ? new SeatFact(status) : s.Value) });

    private static SaleEvidence Report(Func<CountFact, CountFact> doctor) => Places(p => p with { Counts = [doctor(p.Counts[0])] });

    private static SaleEvidence Reservation(string id, Func<ReservationFact, ReservationFact> doctor) =>
        Places(p => p with { Reservations = [.. p.Reservations.Select(r => r.Id == id ? doctor(r) : r)] });

    private static SaleEvidence Request(string user, Func<RequestFact, RequestFact> doctor) =>
        Sale() with { Requests = [.. Sale().Requests!.Select(r => r.UserId == user ? doctor(r) : r)] };

    /// <summary>One more reservation that has its request; over by now, so that no count has it.</summary>
    private static SaleEvidence More(ReservationFact one, bool cancelled) => Places(p => p with { Reservations = [.. p.Reservations, one] }) with
    {
        Requests = [.. Sale().Requests!, Asked(one.UserId, one.Seats[0], one.Id) with { CancelStands = cancelled }],
    };
}
