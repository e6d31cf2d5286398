using Concert.Booking.Calls;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Wallets;

[Trait("Rule", "L1"), Trait("Rule", "L3"), Trait("Rule", "L4"), Trait("Rule", "R-DEBIT")]
[Trait("Rule", "R-MAXBALANCE"), Trait("Rule", "R-KEYTIME")]
public sealed class WalletDecisionTests
{
    private static readonly DateTimeOffset Now = World.Start;
    private static readonly long At = Now.ToUnixTimeMilliseconds();

    private static WalletDecision Of(WalletDocument? wallet = null, params StoredDocument[] markers)
    {
        var decision = new WalletDecision(wallet is null ? null : new Versioned<WalletDocument>(wallet, "wallet etag"), Now, new WalletOptions());
        foreach (var marker in markers)
        {
            decision.Found(marker);
        }

        return decision;
    }

    private static WalletDocument Wallet(long balance) => new(balance, balance, 0, 0, 4);

    private static WalletChange.Charge Charge(long amount, string key = "key") => new(key, $"hash {amount}", "ref", amount, TimeSpan.FromDays(2));

    private static ClaimDocument Claim(string fingerprint, string balance) =>
        new("charge", "key", fingerprint, "ref", At, 172_800) { Outcome = balance };

    private static PaymentDocument Payment(long amount, string code = "pay1") => new(Section.PaymentCode(code), PaymentStatus.Pending, "reservation", amount, 7, 7);

    private static StoredDocument Stored<T>(T document)
        where T : class, IDocument<T> => new(document.Id, DocumentJson.Write(document), "marker etag");

    private static T Created<T>(WalletDecision decision, string idPrefix)
        where T : class, IDocument<T>
    {
        var create = decision.ToOperations().OfType<DocumentOperation.Create>().Single(o => o.Id.StartsWith(idPrefix, StringComparison.Ordinal));
        return DocumentJson.Read<T>(new StoredDocument(create.Id, create.Json, ""));
    }

    private static WalletDocument Replaced(WalletDecision decision)
    {
        var replace = decision.ToOperations()[0].ShouldBeOfType<DocumentOperation.Replace>();
        replace.IfMatch.ShouldBe("wallet etag");
        return DocumentJson.Read<WalletDocument>(new StoredDocument(replace.Id, replace.Json, ""));
    }

    [Fact]
    public void Charge_NoWalletYet_CreatesItWithItsFirstEntry()
    {
        var decision = Of();

        decision.Decide(Charge(500)).ShouldBe(new WalletOutcome.Applied(500));

        decision.ToOperations().Count.ShouldBe(3);
        Created<WalletDocument>(decision, "wallet").ShouldBe(new WalletDocument(500, 500, 0, 0, 1));
        Created<LedgerDocument>(decision, "led:").ShouldBe(new LedgerDocument(1, LedgerKind.Charge, 500, 500, "ref", At));
        Created<ClaimDocument>(decision, "claim:").ShouldBe(Claim("hash 500", "500"));
    }

    [Fact]
    public void Charge_WalletThere_AddsUnderItsETag()
    {
        var decision = Of(new WalletDocument(100, 300, 250, 50, 4));

        decision.Decide(Charge(500)).ShouldBe(new WalletOutcome.Applied(600));

        Replaced(decision).ShouldBe(new WalletDocument(600, 800, 250, 50, 5));
        Created<LedgerDocument>(decision, "led:").Number.ShouldBe(5);
    }

    [Fact]
    public void Charge_Repeated_GivesTheFirstAnswerAndOneEffect()
    {
        var decision = Of(Wallet(900), Stored(Claim("hash 500", "500")));

        decision.Decide(Charge(500)).ShouldBe(new WalletOutcome.Applied(500));

        decision.ToOperations().ShouldBeEmpty();
    }

    [Fact]
    public void Charge_SameKeyOtherAmount_IsAMismatchAndChangesNothing()
    {
        var decision = Of(Wallet(900), Stored(Claim("hash 400", "400")));

        decision.Decide(Charge(500)).ShouldBe(new WalletOutcome.Refused(RefusalCode.IdempotencyMismatch));

        decision.ToOperations().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(172_799_999, false)]
    [InlineData(172_800_000, true)]
    public void Charge_KeyThatTheStoreStillShowsAfterItsTime_IsNew(long after, bool isNew)
    {
        var old = Claim("hash 400", "400") with { At = At - after };
        var decision = Of(Wallet(900), Stored(old));

        decision.Decide(Charge(500)).ShouldBe(isNew ? new WalletOutcome.Applied(1_400) : new WalletOutcome.Refused(RefusalCode.IdempotencyMismatch));

        decision.ToOperations().OfType<DocumentOperation.Replace>().Any(o => o.Id == old.Id && o.IfMatch == "marker etag").ShouldBe(isNew);
    }

    [Fact]
    public void Charge_TwiceInOneBatch_HasOneEffect()
    {
        var decision = Of(Wallet(0));

        decision.Decide(Charge(500)).ShouldBe(new WalletOutcome.Applied(500));
        decision.Decide(Charge(70, "other")).ShouldBe(new WalletOutcome.Applied(570));
        decision.Decide(Charge(500)).ShouldBe(new WalletOutcome.Applied(500));

        Replaced(decision).Balance.ShouldBe(570);
        decision.ToOperations().Count(o => o.Id.StartsWith("led:", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Theory]
    [InlineData(1_000, false)]
    [InlineData(1_001, true)]
    public void Charge_UpToTheLimit_IsAllowedAndNotOneWonMore(long amount, bool refused)
    {
        var decision = new WalletDecision(
            new Versioned<WalletDocument>(new WalletDocument(2_000, 5_000, 4_000, 1_000, 3), "etag"), Now, new WalletOptions { MaxBalance = 3_000 });

        var outcome = decision.Decide(Charge(amount));

        outcome.ShouldBe(refused ? new WalletOutcome.Refused(RefusalCode.LimitReached) : new WalletOutcome.Applied(3_000));
        decision.ToOperations().Count.ShouldBe(refused ? 0 : 3);
    }

    [Fact]
    public void Charge_AllWasSpent_LeavesTheWholeLimit()
    {
        var decision = new WalletDecision(
            new Versioned<WalletDocument>(new WalletDocument(0, 100_000, 100_000, 0, 2), "etag"), Now, new WalletOptions { MaxBalance = 100_000 });

        decision.Decide(Charge(100_000)).ShouldBe(new WalletOutcome.Applied(100_000));
        decision.Decide(Charge(1, "other")).ShouldBe(new WalletOutcome.Refused(RefusalCode.LimitReached));
    }

    [Fact]
    public void Refund_WalletFullAgain_ComesBackAllTheSame()
    {
        var paid = new PaymentDocument(Section.PaymentCode("code"), PaymentStatus.Completed, "reservation", 80, 1, 1);
        var decision = new WalletDecision(
            new Versioned<WalletDocument>(new WalletDocument(100, 180, 80, 0, 3), "etag"), Now, new WalletOptions { MaxBalance = 100 });
        decision.Found(new StoredDocument(paid.Id, DocumentJson.Write(paid), "etag of it"));

        decision.Decide(new WalletChange.Refund(Section.PaymentCode("code"), 1, 80, IsLast: true)).ShouldBeOfType<WalletOutcome.Applied>().BalanceAfter.ShouldBe(180);
    }

    [Fact]
    public void Debit_Enough_CompletesThePaymentInTheSameBatch()
    {
        var decision = Of(Wallet(500));

        var outcome = decision.Decide(new WalletChange.Debit(Payment(500)));

        var completed = Payment(500) with { Status = PaymentStatus.Completed, DecidedAt = At };
        outcome.ShouldBe(new WalletOutcome.Applied(0, completed));
        decision.ToOperations().Count.ShouldBe(3);
        Replaced(decision).ShouldBe(new WalletDocument(0, 500, 500, 0, 5));
        Created<LedgerDocument>(decision, "led:").ShouldBe(new LedgerDocument(5, LedgerKind.Payment, -500, 0, "reservation", At));
        Created<PaymentDocument>(decision, "pay:").ShouldBe(completed);
    }

    [Fact]
    public void Debit_OneWonShort_WritesTheFailureAndMovesNoMoney()
    {
        var decision = Of(Wallet(499));

        var outcome = decision.Decide(new WalletChange.Debit(Payment(500))).ShouldBeOfType<WalletOutcome.Refused>();

        outcome.Code.ShouldBe(RefusalCode.InsufficientBalance);
        decision.ToOperations().Count.ShouldBe(1);
        var failed = Created<PaymentDocument>(decision, "pay:");
        failed.ShouldBe(Payment(500) with { Status = PaymentStatus.Failed, Reason = "insufficient-balance", DecidedAt = At });
        outcome.Payment.ShouldBe(failed);
    }

    [Theory]
    [InlineData(PaymentStatus.Completed)]
    [InlineData(PaymentStatus.Refunded)]
    public void Debit_Repeated_IsAppliedAndChangesNothing(PaymentStatus status)
    {
        var done = Payment(500) with { Status = status };
        var decision = Of(Wallet(900), Stored(done));

        decision.Decide(new WalletChange.Debit(Payment(500))).ShouldBe(new WalletOutcome.Applied(900, done));

        decision.ToOperations().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("insufficient-balance", RefusalCode.InsufficientBalance)]
    [InlineData("hold-expired", RefusalCode.HoldExpired)]
    [InlineData("of another version", RefusalCode.Unavailable)]
    public void Debit_FailedBefore_IsRefusedForTheSameReasonThoughThereIsMoneyNow(string reason, RefusalCode code)
    {
        var failed = Payment(500) with { Status = PaymentStatus.Failed, Reason = reason };
        var decision = Of(Wallet(900), Stored(failed));

        decision.Decide(new WalletChange.Debit(Payment(500))).ShouldBe(new WalletOutcome.Refused(code, failed));

        decision.ToOperations().ShouldBeEmpty();
    }

    [Fact]
    public void Fail_NotDecidedYet_WritesTheFailure()
    {
        var decision = Of(Wallet(900));

        var outcome = decision.Decide(new WalletChange.Fail(Payment(500) with { Reason = "hold-expired" })).ShouldBeOfType<WalletOutcome.Refused>();

        outcome.Code.ShouldBe(RefusalCode.HoldExpired);
        Created<PaymentDocument>(decision, "pay:").Status.ShouldBe(PaymentStatus.Failed);
        decision.ToOperations().Count.ShouldBe(1);
    }

    [Fact]
    public void Fail_CompletedBefore_LeavesItCompleted()
    {
        var done = Payment(500) with { Status = PaymentStatus.Completed };
        var decision = Of(Wallet(900), Stored(done));

        decision.Decide(new WalletChange.Fail(Payment(500))).ShouldBeOfType<WalletOutcome.Applied>().Payment.ShouldBe(done);

        decision.ToOperations().ShouldBeEmpty();
    }

    [Fact]
    public void Refund_CompletedPayment_GivesBackInOneEntry()
    {
        var done = Payment(500) with { Status = PaymentStatus.Completed };
        var decision = Of(new WalletDocument(100, 600, 500, 0, 4), Stored(done));

        decision.Decide(new WalletChange.Refund(Section.PaymentCode("pay1"), 1, 450, IsLast: true)).ShouldBeOfType<WalletOutcome.Applied>().BalanceAfter.ShouldBe(550);

        decision.ToOperations().Count.ShouldBe(3);
        Replaced(decision).ShouldBe(new WalletDocument(550, 600, 500, 450, 5));
        Created<LedgerDocument>(decision, "led:").ShouldBe(new LedgerDocument(5, LedgerKind.Refund, 450, 550, "reservation", At));
        var payment = decision.ToOperations().OfType<DocumentOperation.Replace>().Single(o => o.Id == done.Id);
        payment.IfMatch.ShouldBe("marker etag");
        var refunded = DocumentJson.Read<PaymentDocument>(new StoredDocument("", payment.Json, ""));
        refunded.Refunds.ShouldBe([new RefundLine(1, 450)]);
        (refunded with { Refunds = null }).ShouldBe(done with { Status = PaymentStatus.Refunded });
    }

    [Fact]
    public void Refund_Whole_IsAllowed() =>
        Of(Wallet(0), Stored(Payment(500) with { Status = PaymentStatus.Completed })).Decide(new WalletChange.Refund(Section.PaymentCode("pay1"), 1, 500, IsLast: true))
            .ShouldBeOfType<WalletOutcome.Applied>();

    [Fact]
    public void Refund_MoreThanWasPaid_IsRefusedAndChangesNothing()
    {
        var decision = Of(Wallet(0), Stored(Payment(500) with { Status = PaymentStatus.Completed }));

        decision.Decide(new WalletChange.Refund(Section.PaymentCode("pay1"), 1, 501, IsLast: true)).ShouldBeOfType<WalletOutcome.Refused>();

        decision.ToOperations().ShouldBeEmpty();
    }

    [Fact]
    public void Refund_Repeated_IsAppliedAndChangesNothing()
    {
        var decision = Of(Wallet(900), Stored(Payment(500) with { Status = PaymentStatus.Refunded, Refunds = [new RefundLine(1, 450)] }));

        decision.Decide(new WalletChange.Refund(Section.PaymentCode("pay1"), 1, 450, IsLast: true)).ShouldBeOfType<WalletOutcome.Applied>().BalanceAfter.ShouldBe(900);

        decision.ToOperations().ShouldBeEmpty();
    }

    [Fact]
    public void Refund_OfAPart_LeavesThePaymentCompletedUntilTheLast()
    {
        var decision = Of(Wallet(0), Stored(Payment(500) with { Status = PaymentStatus.Completed }));

        var part = decision.Decide(Part(1, 200)).ShouldBeOfType<WalletOutcome.Applied>().Payment!;
        part.Status.ShouldBe(PaymentStatus.Completed);
        part.Refund.ShouldBe(200);
        var rest = decision.Decide(Part(3, 250) with { IsLast = true }).ShouldBeOfType<WalletOutcome.Applied>().Payment!;

        rest.Status.ShouldBe(PaymentStatus.Refunded);
        rest.Refund.ShouldBe(450);
        Replaced(decision).Balance.ShouldBe(450);
        decision.ToOperations().Count(o => o.Id.StartsWith("led:", StringComparison.Ordinal)).ShouldBe(2, "one entry a cancellation");
    }

    [Fact]
    public void Refund_OfAPartRepeated_IsAppliedAndChangesNothing()
    {
        var partly = Payment(500) with { Status = PaymentStatus.Completed, Refunds = [new RefundLine(1, 200), new RefundLine(2, 100)] };
        var decision = Of(Wallet(900), Stored(partly));

        decision.Decide(Part(1, 200)).ShouldBeOfType<WalletOutcome.Applied>().BalanceAfter.ShouldBe(900);

        decision.ToOperations().ShouldBeEmpty();
    }

    [Fact]
    public void Refund_PartsThatAddUpToMoreThanWasPaid_IsRefusedAndChangesNothing()
    {
        var partly = Payment(500) with { Status = PaymentStatus.Completed, Refunds = [new RefundLine(1, 300)] };
        var decision = Of(Wallet(900), Stored(partly));

        decision.Decide(Part(2, 201)).ShouldBe(new WalletOutcome.Refused(RefusalCode.NotCancellable));

        decision.ToOperations().ShouldBeEmpty();
    }

    [Fact]
    public void Refund_AfterTheLast_IsRefused() =>
        Of(Wallet(900), Stored(Payment(500) with { Status = PaymentStatus.Refunded, Refunds = [new RefundLine(1, 300)] }))
            .Decide(Part(2, 1)).ShouldBeOfType<WalletOutcome.Refused>();

    private static WalletChange.Refund Part(int number, long amount) => new(Section.PaymentCode("pay1"), number, amount, IsLast: false);

    [Fact]
    public void Refund_TwiceInOneBatch_HasOneEffect()
    {
        var decision = Of(Wallet(0), Stored(Payment(500) with { Status = PaymentStatus.Completed }));

        decision.Decide(new WalletChange.Refund(Section.PaymentCode("pay1"), 1, 500, IsLast: true));
        decision.Decide(new WalletChange.Refund(Section.PaymentCode("pay1"), 1, 500, IsLast: true));

        Replaced(decision).Balance.ShouldBe(500);
    }

    [Theory]
    [InlineData(PaymentStatus.Failed)]
    [InlineData(PaymentStatus.Pending)]
    [InlineData(null)]
    public void Refund_NothingWasPaid_IsRefused(PaymentStatus? status)
    {
        var decision = status is null ? Of(Wallet(0)) : Of(Wallet(0), Stored(Payment(500) with { Status = status.Value }));

        decision.Decide(new WalletChange.Refund(Section.PaymentCode("pay1"), 1, 1, IsLast: true)).ShouldBe(new WalletOutcome.Refused(RefusalCode.NotCancellable));

        decision.ToOperations().ShouldBeEmpty();
    }

    [Fact]
    public void Changes_InOneBatch_EachSeesWhatTheOneBeforeLeft()
    {
        var decision = Of(Wallet(0));

        decision.Decide(new WalletChange.Debit(Payment(300, "early"))).ShouldBeOfType<WalletOutcome.Refused>();
        decision.Decide(Charge(400)).ShouldBe(new WalletOutcome.Applied(400));
        decision.Decide(new WalletChange.Debit(Payment(300, "late"))).ShouldBeOfType<WalletOutcome.Applied>().BalanceAfter.ShouldBe(100);
        decision.Decide(new WalletChange.Refund(Section.PaymentCode("late"), 1, 300, IsLast: true)).ShouldBeOfType<WalletOutcome.Applied>().BalanceAfter.ShouldBe(400);

        Replaced(decision).ShouldBe(new WalletDocument(400, 400, 300, 300, 7));
        var ledger = decision.ToOperations().OfType<DocumentOperation.Create>().Where(o => o.Id.StartsWith("led:", StringComparison.Ordinal))
            .Select(o => DocumentJson.Read<LedgerDocument>(new StoredDocument(o.Id, o.Json, ""))).ToList();
        ledger.Select(e => (e.Number, e.BalanceAfter)).ShouldBe([(5, 400), (6, 100), (7, 400)]);
        Created<PaymentDocument>(decision, Payment(300, "late").Id).Status.ShouldBe(PaymentStatus.Refunded);
    }

    [Fact]
    public void LedgerIds_LaterEntries_SortFirst()
    {
        var first = new LedgerDocument(9, "", 0, 0, "", 0).Id;
        var second = new LedgerDocument(10, "", 0, 0, "", 0).Id;

        string.CompareOrdinal(second, first).ShouldBeLessThan(0);
        string.CompareOrdinal(ListKey.NewestFirst(100), ListKey.NewestFirst(99)).ShouldBeLessThan(0);
    }
}
