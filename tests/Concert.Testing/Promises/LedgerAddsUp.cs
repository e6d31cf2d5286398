namespace Concert.Testing.Promises;

/// <summary>L1: a balance is the sum of its ledger, step by step, never below 0; and the ledger only grows.</summary>
public static class LedgerAddsUp
{
    public const string Id = "L1";

    public static IEnumerable<BrokenPromise> Check(WalletEvidence wallet)
    {
        if (wallet.Balance < 0)
        {
            yield return new(Id, $"{wallet.UserId} has {wallet.Balance} won");
        }

        if (wallet.Ledger is null)
        {
            yield break;
        }

        var (balance, number) = (0L, 0L);
        foreach (var entry in wallet.Ledger)
        {
            (balance, number) = (balance + entry.Amount, number + 1);
            if (entry.BalanceAfter != balance || balance < 0 || (entry.Number ?? number) != number)
            {
                yield return new(
                    Id, $"{wallet.UserId}: entry {entry.Number ?? number} ({entry.Kind} {entry.Amount}) says balance {entry.BalanceAfter}; it is number {number} and the sum is {balance}");
            }
        }

        if (wallet.Balance != balance || (wallet.Totals?.Entries ?? number) != number)
        {
            yield return new(Id, $"{wallet.UserId} has {wallet.Balance} won and {wallet.Totals?.Entries} entries; the ledger adds up to {balance} with {number}");
        }
    }

    /// <summary>What was once read is in the ledger for good.</summary>
    public static IEnumerable<BrokenPromise> Keeps(WalletEvidence wallet)
    {
        if (wallet.Ledger is null || (wallet.EntriesSeen.Count == 0 && wallet.BalancesSeen.Count == 0))
        {
            return [];
        }

        var entries = wallet.Ledger.ToHashSet();
        var balances = wallet.Ledger.Select(e => e.BalanceAfter).Append(0).ToHashSet();
        return
        [
            .. wallet.EntriesSeen.Where(e => !entries.Contains(e)).Select(e => new BrokenPromise(Id, $"{wallet.UserId} read {e}, and it is not there any more")),
            .. wallet.BalancesSeen.Where(b => !balances.Contains(b)).Select(b => new BrokenPromise(Id, $"{wallet.UserId} read a balance of {b}, which there never was")),
        ];
    }

    /// <summary>An entry that is there is never another one.</summary>
    public static IEnumerable<BrokenPromise> Change(string userId, LedgerFact before, LedgerFact? after)
    {
        if (before != after)
        {
            yield return new(Id, $"{userId}: {before} became {after?.ToString() ?? "nothing"}");
        }
    }
}
