namespace Concert.Rush.Tests.Fake;

/// <summary>What the fake service does wrong.</summary>
public enum FakeFault
{
    None,

    /// <summary>A seat that is taken is given again.</summary>
    Oversells,

    /// <summary>Refuses everybody the first seat.</summary>
    RefusesFreeSeat,

    /// <summary>A cart that is partly taken gets the rest.</summary>
    SplitsCarts,

    /// <summary>An accepted reservation stays PENDING.</summary>
    NeverDecides,

    /// <summary>An accepted reservation is not found afterwards.</summary>
    ForgetsReservation,

    /// <summary>A refused buyer has a hold all the same.</summary>
    HoldsWhatItRefuses,

    /// <summary>A charge is answered and not booked.</summary>
    LosesCharge,

    /// <summary>A payment is debited twice.</summary>
    DebitsTwice,

    /// <summary>The balance is not the sum of the ledger.</summary>
    MiscountsBalance,

    /// <summary>A refund is more than was paid.</summary>
    RefundsTooMuch,

    /// <summary>A cancelled reservation's seats stay taken.</summary>
    KeepsCancelledSeats,

    /// <summary>The dates show another number of reserved seats than the report.</summary>
    MiscountsDates,

    /// <summary>The report shows other money than was paid.</summary>
    MisreportsMoney,

    /// <summary>Not a wrong: refuses, delays and drops connections, also after the effect, and every promise is kept.</summary>
    Flaky,
}

public sealed record FakeSettings(FakeFault Fault = FakeFault.None)
{
    public int MaxActive { get; init; } = 100_000;

    public int AdmitPerInterval { get; init; } = 100_000;

    public TimeSpan AdmitInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan HoldFor { get; init; } = TimeSpan.FromMinutes(5);
}
