using Concert.Booking.Calls;
using Concert.Booking.Idempotency;
using Concert.Booking.Ports;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Wallets;

[Trait("Rule", "R-MAXBALANCE")]
public sealed class WalletUseCasesTests : IDisposable
{
    private readonly World _world = new(("Wallet:MaxBalance", "20000000"));

    public void Dispose() => _world.Dispose();

    private Task<Result<BalanceView>> ChargeAsync(long amount, string? key = null) =>
        _world.Wallets.ChargeAsync(new Caller("kim", key), amount, CancellationToken.None);

    [Theory]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(1, true)]
    [InlineData(10_000_000, true)]
    [InlineData(10_000_001, false)]
    public async Task Charge_Amount_HasLimits(long amount, bool taken)
    {
        var charged = await ChargeAsync(amount);
        if (taken)
        {
            charged.Value.Balance.ShouldBe(amount);
        }
        else
        {
            charged.Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
            _world.Balance("kim").ShouldBe(0);
        }
    }

    [Fact]
    public async Task Charge_AfterEverythingWasSpent_CountsFromNothing()
    {
        using var world = new World(("Wallet:MaxBalance", "50000"));
        await world.BuyAsync("kim", 1);
        world.Balance("kim").ShouldBe(0);

        (await world.Wallets.ChargeAsync(new Caller("kim"), 50_000, CancellationToken.None)).Value.Balance.ShouldBe(50_000);
        (await world.Wallets.ChargeAsync(new Caller("kim"), 1, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.LimitReached);
    }

    [Fact]
    public async Task Charge_BeyondTheBalanceLimit_IsRefused()
    {
        await ChargeAsync(10_000_000);
        await ChargeAsync(10_000_000);

        (await ChargeAsync(1)).Refusal!.Code.ShouldBe(RefusalCode.LimitReached);

        _world.Balance("kim").ShouldBe(20_000_000);
    }

    [Fact]
    public async Task Charge_SameKey_ChargesOnceWithTheFirstAnswer()
    {
        (await ChargeAsync(100, "key")).Value.Balance.ShouldBe(100);
        await ChargeAsync(50);
        (await ChargeAsync(100, "key")).Value.Balance.ShouldBe(100);
        (await ChargeAsync(200, "key")).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Balance("kim").ShouldBe(150);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Charge_WithoutAKey_CountsEachTime()
    {
        await ChargeAsync(100);
        (await ChargeAsync(100)).Value.Balance.ShouldBe(200);
    }

    [Fact]
    public async Task Charge_AnswerLost_CountsOnce()
    {
        var faults = new Queue<CommitFault>([CommitFault.AnswerLost, CommitFault.RequestLost, CommitFault.Throttled, CommitFault.AnswerLost]);
        _world.Store.OnCommit = (_, _) => faults.TryDequeue(out var fault) ? fault : CommitFault.None;

        (await ChargeAsync(100)).Value.Balance.ShouldBe(100);
        (await ChargeAsync(100, "key")).Value.Balance.ShouldBe(200);

        _world.Balance("kim").ShouldBe(200);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Balance_NobodyCharged_IsZero() =>
        (await _world.Wallets.BalanceAsync(new Caller("lee"), CancellationToken.None)).Value.Balance.ShouldBe(0);

    [Fact]
    public async Task History_Mine_IsNewestFirstInPages()
    {
        for (var i = 1; i <= 12; i++)
        {
            await ChargeAsync(i);
        }

        (await _world.Wallets.BalanceAsync(new Caller("kim"), CancellationToken.None)).Value.Balance.ShouldBe(78);
        var first = (await _world.Wallets.HistoryAsync(new Caller("kim"), null, 10, CancellationToken.None)).Value;
        first.Items.Select(e => e.Amount).ShouldBe([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
        first.Items[0].BalanceAfter.ShouldBe(78);
        first.Items[0].Id.ShouldBe("12");
        first.Items[0].Kind.ShouldBe(LedgerKind.Charge);
        first.Items[0].CreatedAt.ShouldBe(World.Start);
        var second = (await _world.Wallets.HistoryAsync(new Caller("kim"), first.Continuation, 10, CancellationToken.None)).Value;
        second.Items.Select(e => e.Amount).ShouldBe([2, 1]);
        second.Continuation.ShouldBeNull();
        (await _world.Wallets.HistoryAsync(new Caller("kim"), "cmVxOjEx", 1, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
    }

    [Theory]
    [InlineData(null, 600)]
    [InlineData("key", 172_800)]
    public async Task Charge_Key_IsRememberedAndAnUnkeyedOneOnlyForItsOwnRetries(string? key, int seconds)
    {
        await ChargeAsync(100, key);
        _world.Store.All<ClaimDocument>(DocumentContainer.Wallets, "kim", "claim:charge:").ShouldHaveSingleItem().Ttl.ShouldBe(seconds);
    }
}
