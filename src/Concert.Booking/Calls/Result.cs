using System.Diagnostics.CodeAnalysis;
using Concert.Booking.Ports;

namespace Concert.Booking.Calls;

/// <summary>
/// The caller and the terms of the call. The heads have established the user (a genuine token, or the platform).
/// </summary>
/// <param name="UserId">The user.</param>
/// <param name="IdempotencyKey">The call's Idempotency-Key, 1 to 255 characters; null when there is none.</param>
/// <param name="Token">The queue token the call carried, if any: it ends when its user has paid.</param>
/// <param name="TraceParent">W3C traceparent to carry with the command.</param>
public sealed record Caller(string UserId, string? IdempotencyKey = null, TokenClaims? Token = null, string? TraceParent = null);

/// <summary>A value, or the refusal that stands in its place.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Refusal? refusal) => (_value, Refusal) = (value, refusal);

    /// <summary>Null when there is a value.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The value; throws when there is a refusal.</summary>
    public T Value => Refusal is null ? _value! : throw new InvalidOperationException($"Refused: {Refusal.Detail}");

    public bool IsRefused([NotNullWhen(true)] out Refusal? refusal) => (refusal = Refusal) is not null;

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);
}

/// <summary>The reasons for refusing a request: the stable codes of the API.</summary>
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
    AlreadyUsed,
    NotValid,
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
    /// <summary>When that happened which stands in the way; null when the code does not say it.</summary>
    public DateTimeOffset? At { get; init; }

    public static Refusal Invalid(string detail) => new(RefusalCode.InvalidRequest, detail);

    /// <summary>The one answer for what does not exist and for what is another user's, so that ids reveal nothing.</summary>
    public static Refusal NotYours(string what) => new(RefusalCode.NotYours, $"{char.ToUpperInvariant(what[0])}{what[1..]} not found.");

    public static Refusal Unavailable(string detail, TimeSpan? retryAfter = null) =>
        new(RefusalCode.Unavailable, detail, retryAfter ?? TimeSpan.FromSeconds(1));
}

public static class RefusalCodes
{
    private static readonly RefusalCode[] All = Enum.GetValues<RefusalCode>();
    private static readonly string[] Names = [.. All.Select(code => Kebab(code.ToString()))];

    /// <summary>The code as clients see it: <c>seat-taken</c>.</summary>
    public static string Name(this RefusalCode code) => Names[(int)code];

    /// <summary>The code of this name; null when there is none, or no name.</summary>
    public static RefusalCode? Find(string? name) => Array.IndexOf(Names, name) is var at && at < 0 ? null : All[at];

    internal static string Kebab(string pascal) =>
        string.Concat(pascal.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
