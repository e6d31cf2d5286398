using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>
/// What every <see cref="IWaitingRoom"/> promises. Time is a parameter of the port, so it is the test's. Each test has rooms of its own, so the
/// implementation may be shared. Admission rounds come at least every 20 seconds of the test's time, as the timer's do.
/// </summary>
[Trait("Rule", "Q1"), Trait("Rule", "R-LIMITS"), Trait("Rule", "R-FIFO"), Trait("Rule", "R-ACTIVE")]
[Trait("Rule", "R-SILENT"), Trait("Rule", "R-DRAW"), Trait("Rule", "R-ONETOKEN")]
public abstract partial class WaitingRoomContract : PortContract
{
    /// <summary>20:00:00, to the millisecond.</summary>
    protected static readonly DateTimeOffset Start = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);

    /// <summary>Small numbers, so that a test reaches them.</summary>
    protected static readonly RoomLimits Limits =
        new(MaxActive: 4, AdmitPerInterval: 3, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));

    /// <summary>Nobody is admitted.</summary>
    protected static readonly RoomLimits Closed = Limits with { MaxActive = 0 };

    /// <summary>The implementation under test; unknown rooms are empty and have no beginning yet.</summary>
    protected abstract IWaitingRoom Room { get; }

    /// <summary>A room nobody else uses.</summary>
    protected string Name { get; } = NewRoom();

    protected static string NewRoom() => "c" + Guid.NewGuid().ToString("N")[..12];

    protected static DateTimeOffset At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    protected TokenClaims Claims(string user, DateTimeOffset issuedAt, string? room = null) => new(Guid.NewGuid(), user, room ?? Name, issuedAt);

    protected async Task<TokenClaims> JoinAsync(string user, DateTimeOffset now, RoomLimits? limits = null, string? room = null)
    {
        var claims = Claims(user, now, room);
        (await Room.JoinAsync(claims, limits ?? Limits, now, Cancel)).ShouldBeOfType<JoinResult.Joined>().Claims.ShouldBe(claims);
        return claims;
    }

    /// <summary>Joins <paramref name="count"/> users one after the other in a room that admits nobody: all wait, in this order.</summary>
    protected async Task<TokenClaims[]> JoinWaitingAsync(int count, DateTimeOffset now)
    {
        var line = new TokenClaims[count];
        for (var i = 0; i < count; i++)
        {
            line[i] = await JoinAsync($"user-{i}", now, Closed);
        }

        return line;
    }

    protected Task<MemberState> PollAsync(TokenClaims claims, DateTimeOffset now) => Room.GetAsync(claims, poll: true, Limits, now, Cancel);

    protected Task<MemberState> LookAsync(TokenClaims claims, DateTimeOffset now) => Room.GetAsync(claims, poll: false, Limits, now, Cancel);

    protected Task<AdmissionRound> AdmitAsync(DateTimeOffset now, RoomLimits? limits = null) => Room.AdmitAsync(Name, limits ?? Limits, now, Cancel);

    protected async Task<long?[]> PositionsAsync(IEnumerable<TokenClaims> line, DateTimeOffset now)
    {
        var positions = new List<long?>();
        foreach (var claims in line)
        {
            positions.Add((await LookAsync(claims, now)).Position);
        }

        return [.. positions];
    }
}
