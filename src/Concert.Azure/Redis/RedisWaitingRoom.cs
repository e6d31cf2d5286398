using System.Globalization;
using Concert.Azure.Redis.Scripting;
using Concert.Booking.Ports;
using StackExchange.Redis;

namespace Concert.Azure.Redis;

/// <summary>
/// The waiting room as Lua scripts: each call is one atomic script on the keys of one room. Fails closed: without Redis every call throws
/// <see cref="StoreUnavailableException"/>.
/// </summary>
internal sealed class RedisWaitingRoom(RedisCaller redis, RoomList register) : IWaitingRoom
{
    /// <summary>Members one script may end or admit, so that it holds Redis for milliseconds only.</summary>
    private const int Batch = 500;

    /// <summary>The script's answer, in place of a status, when the user already has another token.</summary>
    private const long InWithAnother = 0;

    /// <summary>Scripts one round may run; what is left then is for the next round.</summary>
    private const int MaxBatches = 40;

    public async Task<JoinResult> JoinAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await register.AddAsync(claims.Room, now, cancellationToken);
        var reply = await RunAsync(
            LuaScripts.RoomJoin,
            claims.Room,
            [
                Token(claims), claims.UserId, claims.IssuedAt.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds(), limits.MaxActive,
                limits.AdmitPerInterval, Milliseconds(limits.AdmitInterval), Milliseconds(limits.ActiveFor), .. Opening(limits.Sale), .. Early(claims),
            ],
            cancellationToken);
        if ((long)reply[0] == InWithAnother)
        {
            var other = Guid.ParseExact((string)reply[2]!, "N");
            return new JoinResult.AlreadyQueued(claims with { Id = other, IssuedAt = Time((long)reply[1]), Early = Early(reply) });
        }

        var first = claims with { IssuedAt = Time((long)reply[1]), UserId = (string)reply[2]!, Early = Early(reply) };
        return new JoinResult.Joined(first, State((long)reply[0], (long)reply[3]));
    }

    public async Task<MemberState> GetAsync(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var reply = await RunAsync(
            LuaScripts.RoomGet,
            claims.Room,
            [Token(claims), claims.UserId, claims.IssuedAt.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds(), poll ? 1 : 0,
                .. Opening(limits.Sale), .. Early(claims)],
            cancellationToken);
        var state = State((long)reply[0], (long)reply[1]);
        var putBack = (long)reply[2] == 1;
        if (poll && state.Status is MemberStatus.Waiting or MemberStatus.Early)
        {
            // The register lives elsewhere and may be lost alone: whoever waits sees to it that rounds come.
            await register.AddAsync(claims.Room, now, cancellationToken, evenIfRecent: putBack);
        }

        return state;
    }

    public Task EndAsync(TokenClaims claims, CancellationToken cancellationToken) =>
        redis.RunAsync(
            LuaScripts.RoomEnd, RedisKeys.Room(claims.Room), [Token(claims), claims.IssuedAt.ToUnixTimeMilliseconds()], cancellationToken);

    public async Task<AdmissionRound> AdmitAsync(string room, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var total = new AdmissionRound(0, 0, 0, 0, 0);
        var more = true;
        for (var batch = 0; more && batch < MaxBatches; batch++)
        {
            var reply = await RunAsync(
                LuaScripts.RoomAdmit,
                room,
                [
                    now.ToUnixTimeMilliseconds(), limits.MaxActive, limits.AdmitPerInterval, Milliseconds(limits.AdmitInterval),
                    Milliseconds(limits.ActiveFor), Milliseconds(limits.SilenceLimit), Batch, .. Opening(limits.Sale),
                ],
                cancellationToken);
            total = new AdmissionRound(
                total.Admitted + (int)reply[0],
                total.Dropped + (int)reply[1],
                total.Expired + (int)reply[2],
                (int)reply[3],
                (int)reply[4]) { Early = (int)reply[6] };
            more = (long)reply[5] == 1;
        }

        if (total is { Active: 0, Waiting: 0, Early: 0 })
        {
            await register.RemoveAsync(room, now, cancellationToken);
        }

        return total;
    }

    public Task<IReadOnlyList<string>> ListRoomsAsync(CancellationToken cancellationToken) => register.ListAsync(cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) =>
        redis.RunAsync(LuaScripts.RoomsCheck, [RedisKeys.RoomsCheck], [], cancellationToken);

    private Task<RedisResult> RunAsync(RedisScript script, string room, RedisValue[] arguments, CancellationToken cancellationToken) =>
        redis.RunAsync(script, RedisKeys.Room(room), arguments, cancellationToken);

    private static MemberState State(long status, long value) => status switch
    {
        1 => new MemberState(MemberStatus.Waiting, Position: value),
        2 => new MemberState(MemberStatus.Active, ExpiresAt: Time(value)),
        3 => new MemberState(MemberStatus.Ended),
        4 => new MemberState(MemberStatus.Early),
        _ => throw new InvalidDataException($"The script answered the unknown status {status}."),
    };

    private static RedisValue[] Opening(LineSale sale) => [Milliseconds(sale.OpenedAt), Milliseconds(sale.OpensAt)];

    private static RedisValue[] Early(TokenClaims claims) =>
        claims.Early is { } early ? [Milliseconds(early.OpensAt), early.Lot] : ["", ""];

    /// <summary>Reads the early entry of the token that is in the line from the answer to a join.</summary>
    private static EarlyEntry? Early(RedisResult reply) => (string)reply[4]! is { Length: > 0 } opensAt
        ? new EarlyEntry(Time(long.Parse(opensAt, CultureInfo.InvariantCulture)), long.Parse((string)reply[5]!, CultureInfo.InvariantCulture))
        : null;

    private static string Milliseconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Token(TokenClaims claims) => claims.Id.ToString("N", CultureInfo.InvariantCulture);

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
