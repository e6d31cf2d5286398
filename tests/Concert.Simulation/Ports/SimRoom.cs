using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;
using Concert.Simulation.Engine;
using Concert.Simulation.Planted;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Ports;

/// <summary>
/// The waiting rooms, shared by all instances: the service's own rules, with Redis away now and then, and flushed, so that genuine tokens bring
/// themselves back. The planted mistakes are made around the rules.
/// </summary>
public sealed class SimRooms
{
    /// <summary>Marks the second place of one user, which the rules would refuse.</summary>
    private const string Disguise = "/again";

    private readonly World _world;
    private readonly SimRedis _redis;
    private readonly Defect _defect;
    private readonly MemoryRooms _rooms;

    public SimRooms(World world, SimRedis redis, Defect defect)
    {
        (_world, _redis, _defect) = (world, redis, defect);
        _rooms = new MemoryRooms(() => world.UtcNow) { Changed = (name, line) => Changed?.Invoke(name, new Room(line, world.UtcNow)) };
    }

    /// <summary>Raised with the room's name and state after every call that changed it.</summary>
    public Action<string, Room>? Changed { get; set; }

    /// <summary>How often everything was forgotten: what was promised before does not bind after.</summary>
    public int Flushes { get; private set; }

    public JoinResult Join(TokenClaims claims, RoomLimits limits, DateTimeOffset now)
    {
        Reach();
        if (_defect != Defect.PositionTwice || !IsWaiting(claims))
        {
            return _rooms.Join(claims, limits, now);
        }

        var again = _rooms.Join(claims with { Id = Twin(claims.Id), UserId = claims.UserId + Disguise }, limits, now);
        return again is JoinResult.Joined joined ? joined with { Claims = claims } : again;
    }

    public MemberState Get(TokenClaims claims, bool poll, DateTimeOffset now)
    {
        Reach();
        return _rooms.Get(claims, poll, now);
    }

    public bool End(TokenClaims claims)
    {
        Reach();
        return _rooms.End(claims);
    }

    public AdmissionRound Admit(string name, RoomLimits limits, DateTimeOffset now)
    {
        Reach();
        return _defect switch
        {
            Defect.AdmissionRace when _world.Now % 3 == 0 => _rooms.Run(name, line => AdmitAsIfEmpty(line, limits, now)),
            Defect.Overtaking => _rooms.Run(name, line => AdmitNewest(line, limits, now)),
            _ => _rooms.Admit(name, limits, now),
        };
    }

    public IReadOnlyList<string> List()
    {
        Reach();
        return _rooms.List();
    }

    public void Flush()
    {
        Flushes++;
        _rooms.Flush();
    }

    private void Reach()
    {
        if (_redis.IsAway)
        {
            throw new StoreUnavailableException("Redis is away");
        }
    }

    private bool IsWaiting(TokenClaims claims) =>
        _rooms.Run(claims.Room, line => new LineStep<bool>(line.Waiting.Any(m => m.Claims.Id == claims.Id), []));

    private static LineStep<AdmissionRound> AdmitAsIfEmpty(WaitingLine line, RoomLimits limits, DateTimeOffset now) =>
        line.Admit(limits with { MaxActive = limits.MaxActive + line.Active.Count }, now.ToUnixTimeMilliseconds());

    private static LineStep<AdmissionRound> AdmitNewest(WaitingLine line, RoomLimits limits, DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        var round = line.Admit(limits with { MaxActive = 0 }, at);
        List<LineChange> changes = [.. round.Changes];
        foreach (var member in line.Waiting.Reverse().Take(Math.Min(limits.MaxActive - line.Active.Count, limits.AdmitPerInterval)).ToArray())
        {
            var until = at + (long)limits.ActiveFor.TotalMilliseconds;
            var admitted = new LineChange.Member(member, new LineMember(member.Claims, member.Order, member.Sequence, until));
            line.Apply([admitted]);
            changes.Add(admitted);
        }

        return new LineStep<AdmissionRound>(round.Result, changes);
    }

    private static Guid Twin(Guid id)
    {
        var bytes = id.ToByteArray();
        bytes[0] ^= 1;
        return new Guid(bytes);
    }

    /// <summary>One line and those it let in, as the judge looks at it.</summary>
    public sealed class Room(WaitingLine line, DateTimeOffset now)
    {
        public IReadOnlyList<Member> Members { get; } =
        [
            .. line.Waiting.Select(m => new Member(m, MemberStatus.Waiting)),
            .. line.Active.Select(m => new Member(m, MemberStatus.Active)),
        ];

        public int Active => line.Active.Count;

        /// <summary>What the rules say of a member.</summary>
        public MemberState StateOf(Member member) => line.Get(member.Token, poll: false, now.ToUnixTimeMilliseconds()).Result;
    }

    public sealed class Member(LineMember member, MemberStatus status)
    {
        internal TokenClaims Token => member.Claims;

        public TokenClaims Claims => member.Claims with { UserId = member.Claims.UserId.Replace(Disguise, "", StringComparison.Ordinal) };

        /// <summary>Smaller came first.</summary>
        public long Score => member.Order;

        public MemberStatus Status => status;
    }
}

/// <summary>The waiting rooms as one instance reaches them.</summary>
public sealed class SimRoomPort(SimProcess process, SimRooms rooms) : IWaitingRoom
{
    public Task<JoinResult> JoinAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        process.CallAsync(() => rooms.Join(claims, limits, now), cancellationToken);

    public Task<MemberState> GetAsync(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        process.CallAsync(() => rooms.Get(claims, poll, now), cancellationToken);

    public Task EndAsync(TokenClaims claims, CancellationToken cancellationToken) => process.CallAsync(() => rooms.End(claims), cancellationToken);

    public Task<AdmissionRound> AdmitAsync(string room, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        process.CallAsync(() => rooms.Admit(room, limits, now), cancellationToken);

    public Task<IReadOnlyList<string>> ListRoomsAsync(CancellationToken cancellationToken) => process.CallAsync(rooms.List, cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) => process.CallAsync(rooms.List, cancellationToken);
}
