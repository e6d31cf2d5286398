using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Options;

namespace Concert.Concurrency.Tests.Scenarios;

/// <summary>The combiner of a wallet's changes.</summary>
public static class WalletWriters
{
    private const string User = "kim";

    /// <summary>A change that nobody serves would wait for ever, which Coyote reports as a deadlock.</summary>
    public static async Task EveryChangeIsAnswered()
    {
        var store = new OneWalletStore();
        var writer = Create(store);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Task.Run(() => writer.ApplyAsync(User, Charge(i), CancellationToken.None))));

        Controlled.Check(outcomes.All(o => o is WalletOutcome.Applied), "a charge was refused");
        Controlled.Check(outcomes.Cast<WalletOutcome.Applied>().Max(o => o.BalanceAfter) == 200, "a charge was lost");
        Controlled.Check(store.Ids.Count(id => id.StartsWith(LedgerDocument.Prefix, StringComparison.Ordinal)) == 2, "the ledger has not two entries");
        Controlled.Check(!store.Overlapping, "two batches of one wallet were under way at once in one process");
    }

    public static async Task AFaultIsToldAndTheNextIsServed()
    {
        var store = new OneWalletStore { FailsOnce = true };
        var writer = Create(store);
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Task.Run(async () =>
        {
            try
            {
                return await writer.ApplyAsync(User, Charge(i), CancellationToken.None) is WalletOutcome.Applied;
            }
            catch (StoreUnavailableException)
            {
                return await writer.ApplyAsync(User, Charge(i), CancellationToken.None) is WalletOutcome.Applied;
            }
        })));

        Controlled.Check(answers.All(a => a), "a charge was refused");
        Controlled.Check(store.Ids.Count(id => id.StartsWith(LedgerDocument.Prefix, StringComparison.Ordinal)) == 2, "the ledger has not two entries");
    }

    public static async Task OneWhoGivesUpTakesNobodyAlong()
    {
        var writer = Create(new OneWalletStore());
        using var impatient = new CancellationTokenSource();
        var first = Task.Run(async () =>
        {
            try
            {
                await writer.ApplyAsync(User, Charge(0), impatient.Token);
            }
            catch (OperationCanceledException)
            {
            }
        });
        var others = Enumerable.Range(1, 2).Select(i => Task.Run(() => writer.ApplyAsync(User, Charge(i), CancellationToken.None))).ToList();
        await Task.Run(impatient.Cancel);

        Controlled.Check((await Task.WhenAll(others)).All(o => o is WalletOutcome.Applied), "a charge was refused");
        await first;
    }

    private static WalletWriter Create(OneWalletStore store)
    {
        var time = Controlled.Clock();
        return new WalletWriter(store, new StoreLoop(store, time, new SystemRandomSource()), time, Options.Create(new WalletOptions()));
    }

    private static WalletChange.Charge Charge(int number) => new($"key{number}", "hash", $"ref{number}", 100, TimeSpan.FromDays(2));
}
