namespace Concert.Testing.Promises;

/// <summary>One line of a reservation's history; <see cref="At"/> in Unix ms.</summary>
public readonly record struct HistoryFact(long At, string Status, string? Reason = null);

/// <summary>A part of a reservation that was given back while the rest lived on.</summary>
/// <param name="At">Unix ms.</param>
/// <param name="Seats">Empty for standing places.</param>
/// <param name="Places">How many.</param>
/// <param name="Amount">Their price, won.</param>
/// <param name="Refund">Won; null when nothing had been paid.</param>
public sealed record PartFact(long At, IReadOnlyList<string> Seats, int Places, long Amount, long? Refund);

/// <summary>A reservation as somebody found it once. What was given back in parts is in <see cref="Parts"/> and nowhere else. Money in won, times in Unix ms.</summary>
public sealed record ReservationFact(string Id, string UserId, string Status)
{
    /// <summary>Empty for standing places.</summary>
    public IReadOnlyList<string> Seats { get; init; } = [];

    public int Places { get; init; }

    public long Total { get; init; }

    public string? Reason { get; init; }

    public long? HoldEndsAt { get; init; }

    public string? PaymentId { get; init; }

    /// <summary>By the records of its cancellations, in all.</summary>
    public long? Refund { get; init; }

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<PartFact> Parts { get; init; } = [];

    /// <summary>Of the total and of the parts that were paid for.</summary>
    public long PaidTotal => Total + Parts.Where(p => p.Refund is not null).Sum(p => p.Amount);

    /// <summary>What it cost when it was held, won.</summary>
    public long FirstTotal => Total + Parts.Sum(p => p.Amount);

    /// <summary>What it had when it was held.</summary>
    public int FirstPlaces => Places + Parts.Sum(p => p.Places);

    /// <summary>What it had when it was held.</summary>
    public IEnumerable<string> FirstSeats => Seats.Concat(Parts.SelectMany(p => p.Seats));

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
    /// <summary>In all.</summary>
    public long? Refund { get; init; }

    /// <summary>How many refunds; null when that is not shown.</summary>
    public int? Refunds { get; init; }

    public string? Reason { get; init; }

    public long? AcceptedAt { get; init; }

    /// <summary>The wallet was debited, whatever came later.</summary>
    public bool IsDebited => Status is Promises.Status.Completed or Promises.Status.Refunded;
}
