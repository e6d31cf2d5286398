namespace Concert.Testing.Promises;

/// <summary>One ledger entry. Won; <see cref="Number"/> from 1, null when it is not shown.</summary>
public sealed record LedgerFact(string Id, string Kind, long Amount, long BalanceAfter, string Reference)
{
    public long? Number { get; init; }
}

/// <summary>A top-up that was asked for; <see cref="Balance"/> is the answer, null when there was none and it may have happened or not.</summary>
public sealed record ChargeFact(long Amount, long? Balance);

/// <summary>What the wallet itself says it has seen (won), and how many entries its ledger has.</summary>
public sealed record WalletTotals(long Charged, long Paid, long Refunded, long Entries);

/// <summary>One user's money. What was not seen is null.</summary>
public sealed record WalletEvidence(string UserId, long Balance)
{
    /// <summary>Oldest first.</summary>
    public IReadOnlyCollection<LedgerFact>? Ledger { get; init; }

    public WalletTotals? Totals { get; init; }

    /// <summary>All the user's payments.</summary>
    public IReadOnlyCollection<PaymentFact>? Payments { get; init; }

    /// <summary>All the user's top-ups.</summary>
    public IReadOnlyCollection<ChargeFact>? Charges { get; init; }

    /// <summary>What was read in this ledger earlier.</summary>
    public IReadOnlyCollection<LedgerFact> EntriesSeen { get; init; } = [];

    /// <summary>Balances that were read earlier.</summary>
    public IReadOnlyCollection<long> BalancesSeen { get; init; } = [];
}
