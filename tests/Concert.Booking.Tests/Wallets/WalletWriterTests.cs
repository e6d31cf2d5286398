using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Wallets;

[Trait("Rule", "L1"), Trait("Rule", "R-EVERY")]
public sealed class WalletWriterTests : IDisposable
{
    private readonly World _world = new();

    private WalletWriter Writer => _world.Get<WalletWriter>();

    public void Dispose() => _world.Dispose();

    private static WalletChange.Charge Charge(int number, long amount = 100) => new($"key{number}", "hash", $"ref{number}", amount, TimeSpan.FromDays(2));

    private static WalletChange.Debit Debit(int number, long amount = 100) =>
        new(new PaymentDocument(Section.PaymentCode($"pay{number}"), PaymentStatus.Pending, $"reservation{number}", amount, number, number));

    [Fact]
    public async Task Apply_ThreeThousandChargesAndUsesAtOnce_IsExactInFewBatches()
    {
        const int count = 3_000;
        await Writer.ApplyAsync("kim", Charge(-1, 100 * count), CancellationToken.None);
        var before = _world.Store.Commits;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 2 * count).Select(i => Task.Run(() => Writer.ApplyAsync(
            "kim", i % 2 == 0 ? Charge(i) : Debit(i), CancellationToken.None))));

        outcomes.ShouldAllBe(o => o is WalletOutcome.Applied);
        _world.Balance("kim").ShouldBe(100 * count);
        _world.Store.All<LedgerDocument>(DocumentContainer.Wallets, "kim", LedgerDocument.Prefix).Count.ShouldBe((2 * count) + 1);
        CheckWallet();
        (_world.Store.Commits - before).ShouldBeLessThan(2 * count / 4);
    }

    [Fact]
    public async Task Apply_TwoInstancesAtOnce_LoseNothing()
    {
        using var other = new World(_world);
        var writers = new[] { Writer, other.Get<WalletWriter>() };
        var changes = Enumerable.Range(0, 600).Select(i => Task.Run(async () =>
        {
            // As the head does: what could not be written in time is asked for again.
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await writers[i % 2].ApplyAsync("kim", Charge(i), CancellationToken.None);
                }
                catch (StoreUnavailableException) when (attempt < 20)
                {
                }
            }
        }));

        (await Task.WhenAll(changes)).ShouldAllBe(o => o is WalletOutcome.Applied);

        _world.Balance("kim").ShouldBe(60_000);
        CheckWallet();
    }

    [Fact]
    public async Task Apply_MoreUsesThanMoney_NeverGoesBelowZero()
    {
        await Writer.ApplyAsync("kim", Charge(-1, 1_000), CancellationToken.None);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => Writer.ApplyAsync("kim", Debit(i), CancellationToken.None))));

        outcomes.Count(o => o is WalletOutcome.Applied).ShouldBe(10);
        outcomes.OfType<WalletOutcome.Refused>().ShouldAllBe(r => r.Code == RefusalCode.InsufficientBalance);
        _world.Balance("kim").ShouldBe(0);
        CheckWallet();
    }

    [Fact]
    public async Task Apply_SameChangeManyTimesAtOnce_HasOneEffect()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => Writer.ApplyAsync("kim", Charge(1), CancellationToken.None))));

        outcomes.ShouldAllBe(o => o == new WalletOutcome.Applied(100, null));
        _world.Balance("kim").ShouldBe(100);
    }

    [Fact]
    public async Task Apply_OneCallerGivesUp_TheOthersAreServed()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var release = new ManualResetEventSlim();
        _world.Store.OnCommit = (_, _) =>
        {
            reached.TrySetResult();
            release.Wait(TestContext.Current.CancellationToken);
            return CommitFault.None;
        };
        using var impatient = new CancellationTokenSource();
        var first = Writer.ApplyAsync("kim", Charge(1), impatient.Token);
        await reached.Task;
        var others = Enumerable.Range(2, 40).Select(i => Writer.ApplyAsync("kim", Charge(i), CancellationToken.None)).ToList();
        var gaveUp = Writer.ApplyAsync("kim", Charge(99), impatient.Token);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        await Should.ThrowAsync<OperationCanceledException>(() => gaveUp);
        release.Set();

        (await Task.WhenAll(others)).ShouldAllBe(o => o is WalletOutcome.Applied);

        (await Writer.ApplyAsync("kim", Charge(1), CancellationToken.None)).ShouldBeOfType<WalletOutcome.Applied>();
        (await Writer.ApplyAsync("kim", Charge(99), CancellationToken.None)).ShouldBeOfType<WalletOutcome.Applied>();
        _world.Balance("kim").ShouldBe(4_200);
        CheckWallet();
    }

    [Fact]
    public async Task Apply_StoreAway_TellsEveryCallerAndServesTheNext()
    {
        _world.Store.OnRead = (_, _) => throw new StoreUnavailableException("away");
        var changes = Enumerable.Range(0, 35).Select(i => Writer.ApplyAsync("kim", Charge(i), CancellationToken.None)).ToList();
        foreach (var change in changes)
        {
            await Should.ThrowAsync<StoreUnavailableException>(() => change);
        }

        _world.Store.OnRead = null;
        (await Writer.ApplyAsync("kim", Charge(1), CancellationToken.None)).ShouldBe(new WalletOutcome.Applied(100));
    }

    [Fact]
    public async Task Apply_TooManyWait_IsRefusedInsteadOfQueuedForEver()
    {
        using var release = new ManualResetEventSlim();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Store.OnCommit = (_, _) =>
        {
            reached.TrySetResult();
            release.Wait(TestContext.Current.CancellationToken);
            return CommitFault.None;
        };
        var first = Writer.ApplyAsync("kim", Charge(0), CancellationToken.None);
        await reached.Task;
        var waiting = Enumerable.Range(1, 10_000).Select(i => Writer.ApplyAsync("kim", Charge(i), CancellationToken.None)).ToList();

        await Should.ThrowAsync<StoreUnavailableException>(() => Writer.ApplyAsync("kim", Charge(10_001), CancellationToken.None));
        var another = Writer.ApplyAsync("lee", Charge(1), CancellationToken.None);

        _world.Store.OnCommit = null;
        release.Set();
        await first;
        await another;
        await Task.WhenAll(waiting);
        _world.Balance("kim").ShouldBe(1_000_100);
    }

    /// <summary>The batch behind is decided while the one before is on its way, and a refusal would not show that the wallet has moved on since.</summary>
    [Fact]
    public async Task Apply_AnotherInstanceChargesBetweenTwoBatches_ARefusalIsDecidedOnWhatIsRead()
    {
        using var other = new World(_world);
        await Writer.ApplyAsync("kim", Charge(-1, 1_000), CancellationToken.None);
        Task<WalletOutcome>? behind = null;
        _world.Store.OnCommit = (_, _) =>
        {
            behind ??= Writer.ApplyAsync("kim", Debit(2, 900), CancellationToken.None);
            return CommitFault.None;
        };
        var first = await Writer.ApplyAsync("kim", Debit(1, 1_000), CancellationToken.None);
        _world.Store.OnCommit = null;

        // As late as it may be: the batch behind has been decided, and nothing it reads has been read.
        first.ShouldBeOfType<WalletOutcome.Applied>();
        (await behind!).ShouldBeOfType<WalletOutcome.Refused>();

        behind = null;
        await Writer.ApplyAsync("kim", Charge(-2, 1_000), CancellationToken.None);
        var charged = false;
        _world.Store.OnCommit = (_, _) =>
        {
            behind ??= Writer.ApplyAsync("kim", Debit(4, 900), CancellationToken.None);
            return CommitFault.None;
        };
        _world.Store.OnRead = (_, _) =>
        {
            if (behind is not null && !charged)
            {
                charged = true;
                _world.Store.OnCommit = null;
                other.Get<WalletWriter>().ApplyAsync("kim", Charge(-3, 900), CancellationToken.None).GetAwaiter().GetResult().ShouldBeOfType<WalletOutcome.Applied>();
            }
        };
        await Writer.ApplyAsync("kim", Debit(3, 1_000), CancellationToken.None);

        (await behind!).ShouldBeOfType<WalletOutcome.Applied>();
        _world.Balance("kim").ShouldBe(0);
        CheckWallet();
    }

    [Fact]
    public async Task Apply_BatchIsNotWritten_TheOneBehindCountsNothingOfIt()
    {
        await Writer.ApplyAsync("kim", Charge(-1, 1_000), CancellationToken.None);
        Task<WalletOutcome>? behind = null;
        _world.Store.OnCommit = (_, operations) =>
        {
            behind ??= Writer.ApplyAsync("kim", Debit(2, 900), CancellationToken.None);
            return operations.Any(o => o.Id == Debit(1).Payment.Id) ? CommitFault.Refused : CommitFault.None;
        };

        await Should.ThrowAsync<StoreUnavailableException>(() => Writer.ApplyAsync("kim", Debit(1, 500), CancellationToken.None));

        (await behind!).ShouldBe(new WalletOutcome.Applied(100, ((WalletOutcome.Applied)await behind!).Payment));
        _world.Balance("kim").ShouldBe(100);
        CheckWallet();
    }

    private void CheckWallet() => Invariants.CheckWallets(_world);
}
