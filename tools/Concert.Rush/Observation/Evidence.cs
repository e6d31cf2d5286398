using Concert.Rush.Options;
using Concert.Testing.Http;

namespace Concert.Rush.Observation;

/// <summary>The state at the moment everybody's hold was decided and nobody had paid or cancelled.</summary>
public sealed record BarrierFact(long Held, long Sold, bool EveryHoldStillRan);

/// <summary>A call-off: what staff were answered, and what the report said of it from then on.</summary>
public sealed record CallOffFact(string ScheduleId, DateTimeOffset At, IReadOnlyList<CallOffReading> Readings);

/// <summary>A reading of the report.</summary>
/// <param name="After">Since staff had their answer.</param>
/// <param name="Progress">What it said.</param>
public sealed record CallOffReading(TimeSpan After, CallOffAnswer Progress);

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

    /// <summary>Null when the schedule was not called off.</summary>
    public CallOffFact? CallOff { get; init; }

    /// <summary>Null when buyers came to a sale that was open.</summary>
    public FairStartFact? FairStart { get; init; }

    /// <summary>What the promises are judged by.</summary>
    public SaleEvidence Sale { get; init; } = new();
}
