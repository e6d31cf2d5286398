namespace Concert.Testing.Promises;

/// <summary>A request to pay: its payment's id once it was accepted, and the statuses that were read, in order.</summary>
public sealed record PaymentRequestFact(string? Id, IReadOnlyList<string> Seen);

/// <summary>A request for places, however often it was sent.</summary>
public sealed record RequestFact(string UserId)
{
    public string? Key { get; init; }

    /// <summary>Seats asked for; empty for standing places and when nobody knows.</summary>
    public IReadOnlyList<string> Seats { get; init; } = [];

    /// <summary>How many places were asked for; 0 when nobody knows.</summary>
    public int Places { get; init; }

    /// <summary>The reservation it was accepted as.</summary>
    public string? Id { get; init; }

    /// <summary>The code of the refusal that came instead.</summary>
    public string? Refusal { get; init; }

    /// <summary>No answer named the reservation; it is one that the user has and could be another request's.</summary>
    public bool IsGuess { get; init; }

    /// <summary>A cancellation was accepted, and nothing excuses it from taking effect.</summary>
    public bool CancelStands { get; init; }

    /// <summary>Seats, or a number of places, of which the cancellation was accepted, and nothing excuses it from taking effect.</summary>
    public IReadOnlyList<(IReadOnlyList<string> Seats, int Places)> PartsStand { get; init; } = [];

    /// <summary>Each request to cancel some seats, or a number of places, whatever was answered; null when they were not seen, or all of it was asked for.</summary>
    public IReadOnlyList<(IReadOnlyList<string> Seats, int Places)>? PartsAsked { get; init; }

    /// <summary>The reservation as it was read, each reading begun after the one before had ended.</summary>
    public IReadOnlyList<ReservationFact> Seen { get; init; } = [];

    public IReadOnlyList<PaymentRequestFact> Payments { get; init; } = [];

    /// <summary>Neither accepted nor refused: it may have had its effect.</summary>
    public bool IsUnknown => Id is null && Refusal is null;
}

/// <summary>A whole sale when it is over: what there is, and what was said while it ran. What an observer cannot see it leaves empty.</summary>
public sealed record SaleEvidence
{
    public IReadOnlyList<PlacesEvidence> Places { get; init; } = [];

    public IReadOnlyList<WalletEvidence> Wallets { get; init; } = [];

    public IReadOnlyList<PaymentFact> Payments { get; init; } = [];

    /// <summary>Everything that was asked for; null when that was not seen.</summary>
    public IReadOnlyList<RequestFact>? Requests { get; init; }

    /// <summary>Users of whom not every payment and reservation is known, because something they sent was never answered.</summary>
    public IReadOnlySet<string> Unsure { get; init; } = new HashSet<string>();

    /// <summary>What was accepted and its user was not shown.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Requests that never got an answer, however long their sender asked.</summary>
    public IReadOnlyList<string> Unanswered { get; init; } = [];

    /// <summary>Commands that are still on their way.</summary>
    public int Waiting { get; init; }

    /// <summary>Holds were not waited for: one that still runs is an end.</summary>
    public bool HoldsMayRun { get; init; }

    /// <summary>Doors were so far away that every cancellation gives all back.</summary>
    public bool RefundsAreFull { get; init; }

    /// <summary>How far apart two clocks of the service may be (ms); null when histories cannot be compared with each other.</summary>
    public long? ClockSkew { get; init; }

    /// <summary>What staff are told all wallets were charged (won); null when there are other wallets than these.</summary>
    public long? Charged { get; init; }

    public IEnumerable<ReservationFact> Reservations => Places.SelectMany(p => p.Reservations);
}
