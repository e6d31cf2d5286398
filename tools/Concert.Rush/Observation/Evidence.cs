using Concert.Rush.Options;

namespace Concert.Rush.Observation;

/// <summary>The state at the moment everybody's hold was decided and nobody had paid or cancelled.</summary>
public sealed record BarrierFact(long Held, long Sold, bool EveryHoldStillRan);

/// <summary>All that verdicts are drawn from: what the drill did, and what the audit read. Immutable: judging it twice gives the same result.</summary>
public sealed record DrillEvidence(Scenario Scenario)
{
    /// <summary>Buyers the drill sent.</summary>
    public int Buyers { get; init; }

    /// <summary>Wallet: payments and charges the drill set out to make, the opening charges included.</summary>
    public int ExpectedUses { get; init; }

    public int ExpectedCharges { get; init; }

    /// <summary>Best: how many can have four places of one section.</summary>
    public int Fours { get; init; }

    public IReadOnlyList<Ask> Asks { get; init; } = [];

    public IReadOnlyList<PaymentAttempt> PaymentAttempts { get; init; } = [];

    public IReadOnlyList<CancelAttempt> Cancels { get; init; } = [];

    /// <summary>Null when buyers paid and cancelled while others still asked.</summary>
    public BarrierFact? Barrier { get; init; }

    public long DeadLetters { get; init; }

    /// <summary>What the promises are judged by.</summary>
    public SaleEvidence Sale { get; init; } = new();
}
