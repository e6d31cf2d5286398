namespace Concert.Booking.WaitingRoom;

public enum MemberStatus
{
    Waiting,
    Active,
    Ended,
}

/// <summary>What a genuine queue token says; the signature has been checked.</summary>
/// <param name="Id">The token's UUID.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Room">A concert's id, or <see cref="General"/>.</param>
/// <param name="IssuedAt">When the user joined, to the millisecond: the place in the line, also after the room lost its memory.</param>
public sealed record TokenClaims(Guid Id, string UserId, string Room, DateTimeOffset IssuedAt)
{
    /// <summary>The room that admits to every concert.</summary>
    public const string General = "general";
}

/// <summary>Where a member stands.</summary>
/// <param name="Status">Waiting, active or ended.</param>
/// <param name="Position">1 is next; exact; null unless waiting.</param>
/// <param name="ExpiresAt">End of the active time; null unless active.</param>
public sealed record MemberState(MemberStatus Status, long? Position = null, DateTimeOffset? ExpiresAt = null);

/// <summary>The outcome of joining.</summary>
public abstract record JoinResult
{
    private JoinResult()
    {
    }

    /// <summary>A member now, or already with this very token id: the claims kept are the first ones, so that a repeat gives the same token.</summary>
    public sealed record Joined(TokenClaims Claims, MemberState State) : JoinResult;

    /// <summary>The user is in this room with another token, whose claims these are.</summary>
    public sealed record AlreadyQueued(TokenClaims Holder) : JoinResult;
}

/// <summary>What one admission round did.</summary>
public sealed record AdmissionRound(int Admitted, int Dropped, int Expired, int Active, int Waiting);

/// <summary>The limits in force, handed over at each call so that the room has no settings of its own.</summary>
public sealed record RoomLimits(int MaxActive, int AdmitPerInterval, TimeSpan AdmitInterval, TimeSpan ActiveFor, TimeSpan SilenceLimit);

/// <summary>
/// First in, first out, one line a room. Each call is atomic. At most <see cref="RoomLimits.MaxActive"/> members are active at once and at most
/// <see cref="RoomLimits.AdmitPerInterval"/> were admitted within any <see cref="RoomLimits.AdmitInterval"/> (a sliding window).
/// Every call may throw <see cref="Storage.StoreUnavailableException"/>.
/// </summary>
public interface IWaitingRoom
{
    /// <summary>Joins at the end of the line; admits at once when nobody waits and both limits allow. A retry with the same token id takes no second place.</summary>
    Task<JoinResult> JoinAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Where the member stands, and with <paramref name="poll"/> keeps a waiting one alive.
    /// A genuine token of before the room's own beginning (the room lost its memory) is put back in line by its issue time when it polls.
    /// </summary>
    Task<MemberState> GetAsync(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends the membership (left, or paid). Harmless when it has ended.</summary>
    Task EndAsync(TokenClaims claims, CancellationToken cancellationToken);

    /// <summary>Ends active members whose time is over, drops silent waiters, admits in order as both limits allow.</summary>
    Task<AdmissionRound> AdmitAsync(string room, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Rooms that have members.</summary>
    Task<IReadOnlyList<string>> ListRoomsAsync(CancellationToken cancellationToken);

    /// <summary>Throws <see cref="Storage.StoreUnavailableException"/> when it cannot be used; for readiness.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
