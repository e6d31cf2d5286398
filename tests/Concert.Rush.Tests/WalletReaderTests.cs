using Concert.Rush.Api;
using Concert.Rush.Auditing;
using Concert.Rush.Observation;
using Shouldly;
using Xunit;

namespace Concert.Rush.Tests;

public sealed class WalletReaderTests
{
    private static readonly LedgerEntryAnswer[] Oldest =
        [new("1", "CHARGE", 5000, 5000), new("2", "PAYMENT", -2000, 3000), new("3", "CHARGE", 100, 3100), new("4", "REFUND", 2000, 5100)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Close_ChainInEitherDirection_HoldsAndSumsUp(bool newestFirst)
    {
        var wallet = Read(newestFirst ? Oldest.Reverse() : Oldest, 5100);

        wallet.ChainHolds.ShouldBeTrue();
        (wallet.LedgerSum, wallet.Charged, wallet.Charges, wallet.Paid, wallet.Payments, wallet.Refunded, wallet.Refunds, wallet.LowestBalance)
            .ShouldBe((5100, 5100, 2, 2000, 1, 2000, 1, 3000));
        (wallet.ChargedHere, wallet.ChargesHere).ShouldBe((5100, 1));
    }

    [Fact]
    public void Close_EntryMissingInTheMiddle_BreaksTheChain() => Read([Oldest[0], Oldest[2], Oldest[3]], 5100).ChainHolds.ShouldBeFalse();

    [Fact]
    public void Close_OldestEntryMissing_BreaksTheChain() => Read(Oldest.Skip(1), 5100).ChainHolds.ShouldBeFalse();

    [Fact]
    public void Close_NoEntries_IsAnEmptyWallet() => Read([], 0).ShouldSatisfyAllConditions(w => w.ChainHolds.ShouldBeTrue(), w => w.LedgerSum.ShouldBe(0));

    private static WalletFact Read(IEnumerable<LedgerEntryAnswer> entries, long balance)
    {
        var reader = new WalletReader();
        foreach (var entry in entries)
        {
            reader.Add(entry);
        }

        return reader.Close("u", balance, [new Charge("u", 5100)]);
    }
}
