namespace Concert.Testing.Promises;

/// <summary>One line of a reservation's history; <see cref="At"/> in Unix ms.</summary>
public readonly record struct HistoryFact(long At, string Status, string? Reason = null);

/// <summary>A reservation as somebody found it once. Money in won, times in Unix ms.</summary>
public sealed record ReservationFact(string Id, string UserId, string Status)
{
    /// <summary>Empty for standing places.</summary>
    public IReadOnlyList<string> Seats { get; init; } = [];

    public int Places { get; init; }

    public long Total { get; init; }

    public string? Reason { get; init; }

    public long? HoldEndsAt { get; init; }

    public string? PaymentId { get; init; }

    /// <summary>By its cancellation's record.</summary>
    public long? Refund { get; init; }

    /// <summary>Its refund is on its way.</summary>
    public bool IsCancelling { get; init; }

    /// <summary>A hold that ended about when it was looked at: one reading may count it and the next may not.</summary>
    public bool IsBlurred { get; init; }

    public IReadOnlyList<HistoryFact> History { get; init; } = [];

    public bool IsLive => Status is Promises.Status.Held or Promises.Status.Paying or Promises.Status.Confirmed;

    /// <summary>It holds places and they are not sold.</summary>
    public bool IsHold => Status is Promises.Status.Held or Promises.Status.Paying;

    public bool Was(string status) => Status == status || History.Any(h => h.Status == status);
}

/// <summary>A payment as somebody found it once. Money in won, times in Unix ms.</summary>
public sealed record PaymentFact(string Id, string UserId, string ReservationId, string Status, long Amount)
{
    public long? Refund { get; init; }

    public string? Reason { get; init; }

    public long? AcceptedAt { get; init; }

    /// <summary>The wallet was debited, whatever came later.</summary>
    public bool IsDebited => Status is Promises.Status.Completed or Promises.Status.Refunded;
}
