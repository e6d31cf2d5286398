namespace Concert.Rush.Observation;

/// <summary>One request for a hold and what became of it while the rush ran.</summary>
/// <param name="UserId">Who asked.</param>
/// <param name="ScheduleId">For which schedule.</param>
/// <param name="Seats">The seats asked for, in the order asked; none where the service chooses them.</param>
public sealed record Ask(string UserId, string ScheduleId, IReadOnlyList<string> Seats)
{
    /// <summary>How many places were asked for.</summary>
    public int Places { get; init; } = Seats.Count;

    /// <summary>Set when the request was accepted (202).</summary>
    public string? ReservationId { get; init; }

    /// <summary>The code of a refusal that came instead of the 202.</summary>
    public string? Refusal { get; init; }

    /// <summary>The first status that is not PENDING; null while there is none.</summary>
    public string? Outcome { get; init; }

    /// <summary>The code in the outcome, when it is a refusal.</summary>
    public string? Reason { get; init; }

    public long TotalAmount { get; init; }

    public DateTimeOffset? HoldExpiresAt { get; init; }

    /// <summary>From sending to the answer.</summary>
    public TimeSpan? AcceptLatency { get; init; }

    /// <summary>From the 202 to the outcome.</summary>
    public TimeSpan? OutcomeDelay { get; init; }

    public bool Accepted => ReservationId is not null;

    /// <summary>It was a hold at some time.</summary>
    public bool WasHeld => Outcome is not null and not Status.Rejected;

    /// <summary>Refused at once or later, with this code.</summary>
    public string? RefusedBecause => Refusal ?? (Outcome == Status.Rejected ? Reason ?? "no-reason" : null);
}

/// <summary>One payment that was asked for.</summary>
public sealed record PaymentAttempt(string UserId, string ReservationId, string? PaymentId, string? Refusal)
{
    public TimeSpan? AcceptLatency { get; init; }

    public TimeSpan? OutcomeDelay { get; init; }

    public string? Outcome { get; init; }

    public string? Reason { get; init; }
}

/// <summary>One cancellation that was asked for.</summary>
public sealed record CancelAttempt(string UserId, string ReservationId, bool Accepted, string? Refusal);

/// <summary>One charge that was answered, and the balance it was answered with.</summary>
public sealed record Charge(string UserId, long Amount, long? Balance);
