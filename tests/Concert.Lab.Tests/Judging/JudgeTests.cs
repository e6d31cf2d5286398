using Concert.Lab.Judging;
using Concert.Lab.Works;
using Shouldly;
using Xunit;

namespace Concert.Lab.Tests.Judging;

/// <summary>The judge sees each kind of loss that is planted, and nothing where there is none.</summary>
public sealed class JudgeTests
{
    private static readonly Work Wallet = Work.Create(Work.Wallet, 0.01);
    private static readonly Work Carts = Work.Create(Work.Carts, 0.02);
    private static readonly Work Places = Work.Create(Work.Places, 0.02);
    private static readonly Work OneSeat = Work.Create(Work.OneSeat, 0.01);

    [Fact]
    public void Judge_WalletAsItShouldBe_Correct() => Of(Wallet, Done(Wallet), GoodWallet()).ShouldBe("correct");

    [Fact]
    public void Judge_OverwrittenChanges_SaysHowManyWereLost()
    {
        var good = GoodWallet();
        Of(Wallet, Done(Wallet), good with { Changes = good.Changes - 7, Balance = good.Balance - 7_000 }).ShouldBe("lost 7 of 60");
    }

    [Fact]
    public void Judge_AnsweredButNotInTheLedger_Lost()
    {
        var good = GoodWallet();
        var answers = Done(Wallet);
        Of(Wallet, answers, good with { Ledger = [.. good.Ledger.Skip(1)], Changes = good.Changes - 1, Balance = good.Balance - good.Ledger[0].Amount })
            .ShouldBe("lost 1 of 60");
    }

    [Fact]
    public void Judge_EntryTwice_BookedTwice()
    {
        var good = GoodWallet();
        Of(Wallet, Done(Wallet), good with { Ledger = [.. good.Ledger, good.Ledger[0]], Changes = good.Changes + 1, Balance = good.Balance + good.Ledger[0].Amount })
            .ShouldBe("1 booked twice");
    }

    [Fact]
    public void Judge_BalanceIsNotTheSumOfTheLedger_Seen()
    {
        var good = GoodWallet();
        Of(Wallet, Done(Wallet), good with { Balance = good.Balance + 1 }).ShouldStartWith("balance");
    }

    [Fact]
    public void Judge_WrongAmount_Seen()
    {
        var good = GoodWallet();
        var wrong = good.Ledger[0] with { Amount = good.Ledger[0].Amount + 5 };
        Of(Wallet, Done(Wallet), good with { Ledger = [wrong, .. good.Ledger.Skip(1)], Balance = good.Balance + 5 }).ShouldBe("1 entries of another amount");
    }

    [Fact]
    public void Judge_UseRefusedThoughThereIsEnough_Seen()
    {
        var answers = Done(Wallet);
        answers[1] = Answer.Refused;
        Of(Wallet, answers, GoodWallet()).ShouldBe("1 refused for nothing");
    }

    [Fact]
    public void Judge_CutOffByTheTimeLimit_MayBeDoneOrNot()
    {
        var answers = Done(Wallet);
        answers[0] = Answer.None;
        Of(Wallet, answers, GoodWallet()).ShouldBe("correct");
        var without = GoodWallet(skip: 1);
        Of(Wallet, answers, without).ShouldBe("correct");
    }

    [Fact]
    public void Judge_SeatWithTwoOwners_Seen()
    {
        var answers = Enumerable.Repeat(Answer.Refused, OneSeat.Operations.Count).ToArray();
        (answers[0], answers[1]) = (Answer.Done, Answer.Done);
        var evidence = Evidence.OfHolds(new Dictionary<int, int> { [1] = 2 }, 0, [new Reservation(1, [1]), new Reservation(2, [1])]);
        Of(OneSeat, answers, evidence).ShouldBe("2 owners of 1 seat");
    }

    [Fact]
    public void Judge_NobodyGotTheOneSeat_Seen()
    {
        var answers = Enumerable.Repeat(Answer.Refused, OneSeat.Operations.Count).ToArray();
        Of(OneSeat, answers, Evidence.OfHolds(new Dictionary<int, int>(), 0, [])).ShouldEndWith("refused for nothing");
    }

    [Fact]
    public void Judge_HeldButNoReservation_Lost()
    {
        var answers = Enumerable.Repeat(Answer.Refused, OneSeat.Operations.Count).ToArray();
        answers[0] = Answer.Done;
        Of(OneSeat, answers, Evidence.OfHolds(new Dictionary<int, int> { [1] = 1 }, 0, [])).ShouldBe("lost 1 of 1; 1 seats and reservations disagree");
    }

    [Fact]
    public void Judge_HoldsOfWhoGaveUpBeforeAnAnswer_AreNobodysFault()
    {
        var answers = Enumerable.Repeat(Answer.None, Carts.Operations.Count).ToArray();
        int[] one = [.. Carts.Operations[0].Seats];
        int[] other = [.. Enumerable.Range(1, Carts.SeatCount).Except(one).Take(one.Length)];
        var owners = one.Concat(other).ToDictionary(seat => seat, _ => Reservation.Unheard);
        Of(Carts, answers, Evidence.OfHolds(owners, 0, [new Reservation(Reservation.Unheard, one), new Reservation(Reservation.Unheard, other)])).ShouldBe("correct");
    }

    [Fact]
    public void Judge_HalfACart_Seen()
    {
        var cart = Carts.Operations[0];
        var answers = Enumerable.Repeat(Answer.None, Carts.Operations.Count).ToArray();
        answers[0] = Answer.Done;
        int[] half = [.. cart.Seats.Take(2)];
        Of(Carts, answers, Evidence.OfHolds(half.ToDictionary(seat => seat, _ => cart.Id), 0, [new Reservation(cart.Id, half)]))
            .ShouldBe("1 with other seats than asked for");
    }

    [Fact]
    public void Judge_RefusedAndHeldAllTheSame_Seen()
    {
        var cart = Carts.Operations[0];
        var answers = Enumerable.Repeat(Answer.None, Carts.Operations.Count).ToArray();
        answers[0] = Answer.Refused;
        Of(Carts, answers, Evidence.OfHolds(cart.Seats.ToDictionary(seat => seat, _ => cart.Id), 0, [new Reservation(cart.Id, cart.Seats)]))
            .ShouldBe("1 refused and held all the same");
    }

    [Theory]
    [InlineData(10, 10, "correct")]
    [InlineData(11, 11, "sold 11 of 10 places")]
    [InlineData(10, 9, "9 counted, 10 reserved")]
    [InlineData(9, 9, "1 places left and somebody refused")]
    public void Judge_Places_ExactlyAsManyAsThereAre(int reserved, int counted, string expected)
    {
        Places.Capacity.ShouldBe(10);
        Answer[] answers = [.. Places.Operations.Select(operation => operation.Id <= reserved ? Answer.Done : Answer.Refused)];
        var reservations = Places.Operations.Take(reserved).Select(operation => new Reservation(operation.Id, [])).ToList();
        Of(Places, answers, Evidence.OfHolds(new Dictionary<int, int>(), counted, reservations)).ShouldBe(expected);
    }

    private static string Of(Work work, Answer[] answers, Evidence evidence) => Judge.Of(work, answers, evidence).Text;

    private static Answer[] Done(Work work) => [.. work.Operations.Select(_ => Answer.Done)];

    private static Evidence GoodWallet(int skip = 0)
    {
        List<LedgerEntry> ledger = [.. Wallet.Operations.Skip(skip).Select(operation => new LedgerEntry(operation.Id, operation.Amount))];
        return Evidence.OfWallet(Wallet.OpeningBalance + ledger.Sum(entry => entry.Amount), ledger.Count, ledger);
    }
}
