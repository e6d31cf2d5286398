namespace Concert.Booking.Calls;

/// <summary>Why a request was refused: the stable codes of the API.</summary>
public enum RefusalCode
{
    InvalidRequest,
    NoToken,
    BadToken,
    TokenExpired,
    NotAdmitted,
    NotYours,
    AlreadyQueued,
    SeatTaken,
    SoldOut,
    BookingClosed,
    LimitReached,
    HoldExpired,
    NotCancellable,
    CancelWindowClosed,
    AlreadyPaid,
    InsufficientBalance,
    IdempotencyMismatch,
    TooManyRequests,
    Unavailable,
}

/// <summary>A refusal with its code and a sentence for people. It changed nothing.</summary>
/// <param name="Code">The stable code.</param>
/// <param name="Detail">One sentence; shown to the client.</param>
/// <param name="RetryAfter">When asking again makes sense; null when it does not.</param>
public sealed record Refusal(RefusalCode Code, string Detail, TimeSpan? RetryAfter = null)
{
    public static Refusal Invalid(string detail) => new(RefusalCode.InvalidRequest, detail);

    /// <summary>The one answer for what does not exist and for what is another user's, so that ids reveal nothing.</summary>
    public static Refusal NotYours(string what) => new(RefusalCode.NotYours, $"{char.ToUpperInvariant(what[0])}{what[1..]} not found.");

    public static Refusal Unavailable(string detail, TimeSpan? retryAfter = null) =>
        new(RefusalCode.Unavailable, detail, retryAfter ?? TimeSpan.FromSeconds(1));
}

public static class RefusalCodes
{
    private static readonly string[] Names = [.. Enum.GetValues<RefusalCode>().Select(Kebab)];

    /// <summary>The code as clients see it: <c>seat-taken</c>.</summary>
    public static string Name(this RefusalCode code) => Names[(int)code];

    private static string Kebab(RefusalCode code) =>
        string.Concat(code.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
