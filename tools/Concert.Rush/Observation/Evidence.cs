using Concert.Rush.Options;

namespace Concert.Rush.Observation;

/// <summary>What the audit read of one reservation when the rush was over.</summary>
public sealed record ReservationFact(string Id, string UserId, string ScheduleId, string Status)
{
    public IReadOnlyList<string> Seats { get; init; } = [];

    public long TotalAmount { get; init; }

    /// <summary>When the hold was written.</summary>
    public DateTimeOffset? HeldAt { get; init; }

    /// <summary>When it stopped to be live; null while it is (a hold still ends at <see cref="HoldExpiresAt"/>).</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? HoldExpiresAt { get; init; }

    public long? RefundAmount { get; init; }

    /// <summary>Found in the user's own list without a 202 that this drill had seen.</summary>
    public bool Unasked { get; init; }

    public bool IsLive => Status is Observation.Status.Held or Observation.Status.Paying or Observation.Status.Confirmed;

    public bool IsFinal => IsLive ? Status != Observation.Status.Paying
        : Status is Observation.Status.Cancelled or Observation.Status.Expired or Observation.Status.Rejected;
}

/// <summary>What the audit read of one payment.</summary>
public sealed record PaymentFact(string Id, string UserId, string ReservationId, string Status, long Amount)
{
    public bool IsFinal => Status is Observation.Status.Completed or Observation.Status.Failed or Observation.Status.Refunded;

    /// <summary>The wallet was debited, whatever came later.</summary>
    public bool Debited => Status is Observation.Status.Completed or Observation.Status.Refunded;
}

/// <summary>What the audit read of one user's wallet, the ledger summed up, beside what this drill charged.</summary>
public sealed record WalletFact(string UserId, long Balance)
{
    public long Charged { get; init; }

    public int Charges { get; init; }

    /// <summary>Sum of the PAYMENT entries, as a positive amount.</summary>
    public long Paid { get; init; }

    public int Payments { get; init; }

    public long Refunded { get; init; }

    public int Refunds { get; init; }

    /// <summary>Sum of all signed amounts.</summary>
    public long LedgerSum { get; init; }

    public long LowestBalance { get; init; }

    /// <summary>Every balanceAfter is its neighbour's plus its own amount, and the newest is the balance.</summary>
    public bool ChainHolds { get; init; } = true;

    /// <summary>What the service answered 200 to.</summary>
    public long ChargedHere { get; init; }

    public int ChargesHere { get; init; }
}

/// <summary>What the audit read of one schedule, from the three places that show it.</summary>
/// <param name="Id">The schedule.</param>
/// <param name="ConcertId">Its concert, which is also its waiting room.</param>
/// <param name="Created">Places the drill created.</param>
public sealed record ScheduleFact(string Id, string ConcertId, int Created)
{
    public long TotalSeats { get; init; }

    public long Available { get; init; }

    public long Held { get; init; }

    public long Sold { get; init; }

    public long ReservedSeats { get; init; }

    public IReadOnlyDictionary<string, long> Reservations { get; init; } = new Dictionary<string, long>();

    public long Paid { get; init; }

    public long Refunded { get; init; }

    public long DeadLetters { get; init; }

    /// <summary>Of the list of dates; null when it did not show the schedule.</summary>
    public long? DatesTotal { get; init; }

    public long? DatesReserved { get; init; }

    /// <summary>Seat → status; null when the map could not be read.</summary>
    public IReadOnlyDictionary<string, string>? SeatMap { get; init; }
}

/// <summary>The state at the moment everybody's hold was decided and nobody had paid or cancelled.</summary>
public sealed record BarrierFact(long Held, long Sold, bool EveryHoldStillRan);

/// <summary>All that verdicts are drawn from. Immutable: judging it twice gives the same result.</summary>
public sealed record Evidence(Scenario Scenario)
{
    /// <summary>Buyers the drill sent.</summary>
    public int Buyers { get; init; }

    /// <summary>Wallet: payments and charges the drill set out to make, the opening charges included.</summary>
    public int ExpectedUses { get; init; }

    public int ExpectedCharges { get; init; }

    public IReadOnlyList<Ask> Asks { get; init; } = [];

    public IReadOnlyList<PaymentAttempt> PaymentAttempts { get; init; } = [];

    public IReadOnlyList<CancelAttempt> Cancels { get; init; } = [];

    public IReadOnlyList<ReservationFact> Reservations { get; init; } = [];

    public IReadOnlyList<PaymentFact> Payments { get; init; } = [];

    public IReadOnlyList<WalletFact> Wallets { get; init; } = [];

    public IReadOnlyList<ScheduleFact> Schedules { get; init; } = [];

    /// <summary>Null when buyers paid and cancelled while others still asked.</summary>
    public BarrierFact? Barrier { get; init; }

    /// <summary>Steps without any answer: user and step.</summary>
    public IReadOnlyList<string> Unanswered { get; init; } = [];

    /// <summary>Accepted ids, and wallets, the service did not show to their user.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    /// <summary>The service's clock when the audit began and ended; holds that end in between are counted either way.</summary>
    public DateTimeOffset From { get; init; }

    public DateTimeOffset To { get; init; }
}
