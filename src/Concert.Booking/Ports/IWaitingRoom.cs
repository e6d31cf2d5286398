using System.Text.Json.Serialization;

namespace Concert.Booking.Ports;

public enum MemberStatus
{
    Waiting,
    Active,
    Ended,

    /// <summary>Came before the opening: has no place, takes part in the draw.</summary>
    Early,
}

/// <summary>The claims of a genuine queue token; its signature has been checked.</summary>
/// <param name="Id">The token's UUID.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Room">The line: a concert's id, or <see cref="General"/>.</param>
/// <param name="IssuedAt">When the user joined, to the millisecond: the place in the line, also after the room lost its memory.</param>
public sealed record TokenClaims(Guid Id, string UserId, string Room, DateTimeOffset IssuedAt)
{
    /// <summary>The one line of a service that has one for all its concerts.</summary>
    public const string General = "general";

    /// <summary>Set when it was issued while nothing of its line was on sale. Of no use to who only ends a token, so commands do not carry it.</summary>
    [JsonIgnore]
    public EarlyEntry? Early { get; init; }
}

/// <summary>The lot and opening of an EARLY token, which has no place yet.</summary>
/// <param name="OpensAt">The opening it was issued for, as known then.</param>
/// <param name="Lot">0 to 2^52 - 1: its lot in the draw, the smallest first. Not in the token: nobody may know it before.</param>
public sealed record EarlyEntry(DateTimeOffset OpensAt, long Lot);

/// <summary>A member's state and place in line.</summary>
/// <param name="Status">Waiting, active, ended or early.</param>
/// <param name="Position">1 is next; exact; null unless waiting.</param>
/// <param name="ExpiresAt">End of the active time; null unless active.</param>
public sealed record MemberState(MemberStatus Status, long? Position = null, DateTimeOffset? ExpiresAt = null);

/// <summary>The outcome of joining.</summary>
public abstract record JoinResult
{
    private JoinResult()
    {
    }

    /// <summary>
    /// A member now, or already with this very token id: the claims kept are the first ones, so that a repeat gives the same token. Or one no more
    /// (<see cref="MemberStatus.Ended"/>), with the caller's own claims.
    /// </summary>
    public sealed record Joined(TokenClaims Claims, MemberState State) : JoinResult;

    /// <summary>The user is in this room with another token, whose claims these are.</summary>
    public sealed record AlreadyQueued(TokenClaims Holder) : JoinResult;
}

/// <summary>The result of one admission round.</summary>
public sealed record AdmissionRound(int Admitted, int Dropped, int Expired, int Active, int Waiting)
{
    /// <summary>Members that take part in the draw to come.</summary>
    public int Early { get; init; }
}

/// <summary>The limits in force, passed with each call so that the room needs no settings and no calendar of its own.</summary>
public sealed record RoomLimits(int MaxActive, int AdmitPerInterval, TimeSpan AdmitInterval, TimeSpan ActiveFor, TimeSpan SilenceLimit)
{
    /// <summary>The line's booking windows as the caller knows them, by its own clock.</summary>
    public LineSale Sale { get; init; } = LineSale.Unknown;
}

/// <summary>The openings of a line around a moment. An opening is the earliest start of booking windows that follow one another without a gap.</summary>
/// <param name="OpenedAt">The latest opening that has come, whether anything is still on sale or not; null when none is known.</param>
/// <param name="OpensAt">The next opening while nothing is on sale; null while something is, and when none is known.</param>
public sealed record LineSale(DateTimeOffset? OpenedAt, DateTimeOffset? OpensAt)
{
    /// <summary>Nothing is known of any opening: first come, first served.</summary>
    public static LineSale Unknown { get; } = new(null, null);
}

/// <summary>
/// First in, first out, one line a room. Each call is atomic. At most <see cref="RoomLimits.MaxActive"/> members are active at once and at most
/// <see cref="RoomLimits.AdmitPerInterval"/> were admitted within any <see cref="RoomLimits.AdmitInterval"/> (a sliding window).
/// Before an opening the line rests: an <see cref="TokenClaims.Early"/> token that joins is EARLY, nobody is admitted, and who waits keeps the place.
/// The first joining, polling or admitting call that knows of an opening makes its draw: all EARLY members get their places by lot, behind who waits
/// already and before who joins later. From then on the line is open to every caller, also to one whose clock is behind. Who came to be EARLY in an open
/// line, by the word of a caller who did not know better, goes to the end of it.
/// Every call may throw <see cref="StoreUnavailableException"/>.
/// </summary>
public interface IWaitingRoom
{
    /// <summary>
    /// Joins at the end of the line, or to the draw; admits at once when nobody waits and both limits allow. A retry with the same token id takes no
    /// second place, and none once the token has ended, however late it comes: the room remembers ended tokens for longer than a token is good for. Claims that say early come back without it when the line is open: sign what comes back.
    /// </summary>
    Task<JoinResult> JoinAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Where the member stands, and with <paramref name="poll"/> keeps a waiting one alive.
    /// A genuine token of before the room's own beginning (the room lost its memory) is put back when it polls: in line by its issue
    /// time, an early one in the draw, or after the opening where its lot puts it.
    /// </summary>
    Task<MemberState> GetAsync(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends the membership (left, or paid). Harmless when it has ended.</summary>
    Task EndAsync(TokenClaims claims, CancellationToken cancellationToken);

    /// <summary>Ends active members whose time is over, drops silent waiters (early members cannot be silent), admits in order as both limits allow.</summary>
    Task<AdmissionRound> AdmitAsync(string room, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Rooms that have members.</summary>
    Task<IReadOnlyList<string>> ListRoomsAsync(CancellationToken cancellationToken);

    /// <summary>Throws <see cref="StoreUnavailableException"/> when it cannot be used; for readiness.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
