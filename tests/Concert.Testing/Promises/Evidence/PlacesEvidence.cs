namespace Concert.Testing.Promises;

/// <summary>A seat as it is stored or shown.</summary>
/// <param name="Status">AVAILABLE, HELD, SOLD or BLOCKED.</param>
/// <param name="Holder">The reservation that has it, where that is shown.</param>
/// <param name="HoldEndsAt">Unix ms.</param>
public sealed record SeatFact(string Status, string? Holder = null, long? HoldEndsAt = null);

/// <summary>What one source says of how many places there are. What it does not say is null.</summary>
/// <param name="Source">Who says so: counters, report, dates.</param>
public sealed record CountFact(string Source)
{
    public long? Total { get; init; }

    public long? Available { get; init; }

    public long? Held { get; init; }

    public long? Sold { get; init; }

    /// <summary>House seats: neither available nor anybody's.</summary>
    public long? Blocked { get; init; }

    /// <summary>Held and sold.</summary>
    public long? Reserved { get; init; }

    /// <summary>Reservations by status.</summary>
    public IReadOnlyDictionary<string, long>? Reservations { get; init; }
}

/// <summary>Places that are counted together: a section by its documents, or a schedule by what buyers and staff are shown.</summary>
public sealed record PlacesEvidence(string Id)
{
    /// <summary>How many places were put on sale; null when that is not known.</summary>
    public long? Capacity { get; init; }

    /// <summary>Seats by id; null when they were not seen.</summary>
    public IReadOnlyDictionary<string, SeatFact>? Seats { get; init; }

    /// <summary>Read from documents: seats name their holder, one that is absent is available, and there are counters.</summary>
    public bool FromDocuments { get; init; }

    /// <summary>How many seats a map of all of them has; null when that is not known.</summary>
    public long? Numbered { get; init; }

    /// <summary>Every reservation there is of these places.</summary>
    public IReadOnlyCollection<ReservationFact> Reservations { get; init; } = [];

    public IReadOnlyList<CountFact> Counts { get; init; } = [];

    /// <summary>What staff are told was paid and refunded for these places (won); null when it was not seen.</summary>
    public (long Paid, long Refunded)? Money { get; init; }

    /// <summary>Dead letters there should not be.</summary>
    public long DeadLetters { get; init; }
}
