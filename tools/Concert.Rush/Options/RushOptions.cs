using Concert.Rush.Drill;

namespace Concert.Rush.Options;

public enum Scenario
{
    /// <summary>Every seat is wanted by several buyers at once.</summary>
    Places,

    /// <summary>Everyone wants the same seat.</summary>
    OneSeat,

    /// <summary>Overlapping carts of four seats, asked for in opposite orders.</summary>
    Carts,

    /// <summary>Everyone wants the best four places, of the one section that there is, or of all.</summary>
    Best,

    /// <summary>Single seats, and in the middle of the sale staff call the schedule off.</summary>
    CallOff,

    /// <summary>Single seats of a sale that buyers wait for before it opens.</summary>
    Early,

    /// <summary>Charges and payments of one wallet at the same time.</summary>
    Wallet,
}

public enum Rolling
{
    /// <summary>Rolling as soon as one token comes back WAITING.</summary>
    Auto,

    /// <summary>Each buyer pays and cancels within its own turn.</summary>
    On,

    /// <summary>Nobody pays or cancels before everybody's hold was decided.</summary>
    Off,
}

/// <summary>What one drill does. Shares are between 0 and 1.</summary>
public sealed record RushOptions
{
    public const int CartSize = 4;

    /// <summary>The first 3.5 s are for the service's instances to hear of it, the last 4 s for clocks that differ.</summary>
    private static readonly TimeSpan ShortestOpensIn = TimeSpan.FromSeconds(10);

    public required Uri Url { get; init; }

    public required string AdminKey { get; init; }

    public Scenario Scenario { get; init; }

    public int Buyers { get; init; } = 1000;

    /// <summary>Seats on sale.</summary>
    public int Places { get; init; } = 500;

    /// <summary>Most seats of one section, the unit the service stores together.</summary>
    public int SectionSize { get; init; } = 100;

    /// <summary>Best: sections that the seats are in. With more than one nobody names any.</summary>
    public int Sections { get; init; } = 1;

    public double PayShare { get; init; } = 0.3;

    public double CancelShare { get; init; } = 0.1;

    /// <summary>Repeats who pays, who cancels, what is charged. Ids differ in every run.</summary>
    public int Seed { get; init; }

    /// <summary>The end of the rush; the audit after it has its own time.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long one accepted request may stay without an outcome before its buyer stops looking.</summary>
    public TimeSpan OutcomeTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the audit looks again before a red verdict is final: caches and timers may need a moment.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(20);

    public int Connections { get; init; } = 1000;

    public Rolling Rolling { get; init; }

    /// <summary>Wallet: payments.</summary>
    public int Uses { get; init; } = 3000;

    /// <summary>Wallet: charges beside the payments.</summary>
    public int Charges { get; init; } = 3000;

    /// <summary>Wallet: concerts the payments are spread over; null to choose.</summary>
    public int? Rooms { get; init; }

    /// <summary>Early: from the creation of the schedule until its booking opens.</summary>
    public TimeSpan OpensIn { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Early: the service's WaitingRoom:MaxActive.</summary>
    public int MaxActive { get; init; } = 100;

    /// <summary>Where the drill listens for webhooks; null when it does not.</summary>
    public Uri? Listen { get; init; }

    public string? JsonPath { get; init; }

    /// <summary>Seats of a section of this drill's sale, the last one's aside.</summary>
    public int SeatsOfASection => Scenario switch
    {
        Scenario.Carts => Places,
        Scenario.Best => (Places + Sections - 1) / Sections,
        _ => SectionSize,
    };

    /// <summary>Null when the drill can run; otherwise the first thing wrong, as a sentence.</summary>
    public string? Problem() => this switch
    {
        { Buyers: < 1 or > 100_000 } => "--buyers must be 1 to 100000.",
        { Places: < 1 or > 50_000 } => "--places must be 1 to 50000.",
        { Scenario: Scenario.Carts, Places: < CartSize or > 500 } => "--places must be 4 to 500 for carts: they are one section.",
        { Sections: < 1 or > 100 } => "--sections must be 1 to 100.",
        { Scenario: Scenario.Best } when SeatsOfASection is < CartSize or > 5000 => "--places must be 4 to 5000 for each section of the best places.",
        { SectionSize: < 1 or > 5000 } => "--section-size must be 1 to 5000.",
        { PayShare: < 0 or > 1 or double.NaN } => "--pay-share must be 0 to 1.",
        { CancelShare: < 0 or > 1 or double.NaN } => "--cancel-share must be 0 to 1.",
        { Connections: < 2 or > 20_000 } => "--connections must be 2 to 20000.",
        { Uses: < 0 or > 50_000 } => "--uses must be 0 to 50000.",
        { Charges: < 0 or > 50_000 } => "--charges must be 0 to 50000.",
        { Rooms: < 1 or > 10_000 } => "--rooms must be 1 to 10000.",
        { Scenario: Scenario.Wallet, Rooms: { } rooms } when Uses > rooms * WalletScenario.UsesPerRoom => "--rooms must be one per 8 uses at least: a user may have 8 places of a schedule.",
        { Scenario: Scenario.Early, Buyers: < 2 } => "--buyers must be 2 or more for a fair start: somebody comes late.",
        { Scenario: Scenario.Early } when OpensIn < ShortestOpensIn || OpensIn > TimeSpan.FromHours(1) => "--opens-in must be 00:00:10 to 01:00:00.",
        { MaxActive: < 1 } => "--max-active must be positive.",
        _ when Timeout <= TimeSpan.Zero || OutcomeTimeout <= TimeSpan.Zero || Settle < TimeSpan.Zero => "Times must be positive.",
        _ when Timeout > TimeSpan.FromDays(1) || OutcomeTimeout > TimeSpan.FromDays(1) || Settle > TimeSpan.FromHours(1) => "Times are too long.",
        _ => null,
    };
}
