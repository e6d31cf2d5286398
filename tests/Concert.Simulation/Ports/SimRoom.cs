using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;
using Concert.Simulation.Engine;
using Concert.Simulation.Planted;

namespace Concert.Simulation.Ports;

/// <summary>The waiting rooms, shared by all instances: each call is one step. Its members are lost in a flush; genuine tokens bring themselves back.</summary>
public sealed class SimRooms(World world, SimRedis redis, Defect defect)
{
    private readonly Dictionary<string, Room> _rooms = new(StringComparer.Ordinal);

    /// <summary>Raised with the room's name and state after every call that changed it.</summary>
    public Action<string, Room>? Changed { get; set; }

    /// <summary>How often everything was forgotten: what was promised before does not bind after.</summary>
    public int Flushes { get; private set; }

    public JoinResult Join(TokenClaims claims, RoomLimits limits, DateTimeOffset now)
    {
        var room = Open(claims.Room, now);
        End(room, limits, now);
        // What has ended is forgotten: a join with an old token is a new one.
        room.Members.RemoveAll(m => m.Claims.Id == claims.Id && m.Status == MemberStatus.Ended);
        if (room.Find(claims.Id) is { } again && defect != Defect.PositionTwice)
        {
            return new JoinResult.Joined(again.Claims, room.StateOf(again));
        }

        if (room.Members.Find(m => m.Claims.UserId == claims.UserId && m.Claims.Id != claims.Id && m.Status != MemberStatus.Ended) is { } other)
        {
            return new JoinResult.AlreadyQueued(other.Claims);
        }

        room.LastScore = Math.Max(room.LastScore + 1, claims.IssuedAt.ToUnixTimeMilliseconds());
        var member = new Member(claims, room.LastScore, now);
        room.Members.Add(member);
        Admit(room, limits, now, onlyIfFirst: true);
        Changed?.Invoke(claims.Room, room);
        return new JoinResult.Joined(claims, room.StateOf(member));
    }

    public MemberState Get(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now)
    {
        var room = Open(claims.Room, now);
        End(room, limits, now);
        var member = room.Find(claims.Id);
        if (member is null && poll && claims.IssuedAt < room.BeganAt
            && !room.Members.Exists(m => m.Claims.UserId == claims.UserId && m.Status != MemberStatus.Ended))
        {
            member = new Member(claims, claims.IssuedAt.ToUnixTimeMilliseconds(), now);
            room.Members.Add(member);
            Changed?.Invoke(claims.Room, room);
        }

        if (member is null)
        {
            return new MemberState(MemberStatus.Ended);
        }

        if (poll)
        {
            member.SeenAt = now;
        }

        return room.StateOf(member);
    }

    public bool Leave(TokenClaims claims)
    {
        Away();
        if (_rooms.TryGetValue(claims.Room, out var room) && room.Find(claims.Id) is { } member)
        {
            member.Status = MemberStatus.Ended;
            Changed?.Invoke(claims.Room, room);
        }

        return true;
    }

    public AdmissionRound Admit(string name, RoomLimits limits, DateTimeOffset now)
    {
        var room = Open(name, now);
        var (dropped, expired) = End(room, limits, now);
        var admitted = Admit(room, limits, now, onlyIfFirst: false);
        Changed?.Invoke(name, room);
        return new AdmissionRound(admitted, dropped, expired, room.Active, room.Members.Count(m => m.Status == MemberStatus.Waiting));
    }

    public IReadOnlyList<string> List()
    {
        Away();
        return [.. _rooms.Keys];
    }

    public void Flush()
    {
        Flushes++;
        _rooms.Clear();
    }

    private Room Open(string name, DateTimeOffset now)
    {
        Away();
        if (!_rooms.TryGetValue(name, out var room))
        {
            _rooms[name] = room = new Room(now);
        }

        return room;
    }

    private void Away()
    {
        if (redis.IsAway)
        {
            throw new StoreUnavailableException("Redis is away");
        }
    }

    private static (int Dropped, int Expired) End(Room room, RoomLimits limits, DateTimeOffset now)
    {
        var (dropped, expired) = (0, 0);
        foreach (var member in room.Members)
        {
            if (member.Status == MemberStatus.Active && member.ActiveUntil <= now)
            {
                (member.Status, expired) = (MemberStatus.Ended, expired + 1);
            }
            else if (member.Status == MemberStatus.Waiting && member.SeenAt + limits.SilenceLimit < now)
            {
                (member.Status, dropped) = (MemberStatus.Ended, dropped + 1);
            }
        }

        return (dropped, expired);
    }

    private int Admit(Room room, RoomLimits limits, DateTimeOffset now, bool onlyIfFirst)
    {
        if (onlyIfFirst && room.Members.Count(m => m.Status == MemberStatus.Waiting) > 1)
        {
            return 0;
        }

        room.Admissions.RemoveAll(at => at + limits.AdmitInterval <= now);
        var active = defect == Defect.AdmissionRace && world.Now % 3 == 0 ? 0 : room.Active;
        var places = Math.Min(limits.MaxActive - active, limits.AdmitPerInterval - room.Admissions.Count);
        var waiting = room.Members.Where(m => m.Status == MemberStatus.Waiting).OrderBy(m => defect == Defect.Overtaking ? -m.Score : m.Score).ThenBy(m => m.Claims.Id);
        var admitted = waiting.Take(Math.Max(0, places)).ToList();
        foreach (var member in admitted)
        {
            member.Status = MemberStatus.Active;
            member.ActiveUntil = now + limits.ActiveFor;
            room.Admissions.Add(now);
        }

        return admitted.Count;
    }

    /// <summary>One line and those it let in.</summary>
    public sealed class Room(DateTimeOffset beganAt)
    {
        public DateTimeOffset BeganAt => beganAt;

        public List<Member> Members { get; } = [];

        public List<DateTimeOffset> Admissions { get; } = [];

        public long LastScore { get; set; }

        public int Active => Members.Count(m => m.Status == MemberStatus.Active);

        public Member? Find(Guid id) => Members.Find(m => m.Claims.Id == id);

        public MemberState StateOf(Member member) => member.Status switch
        {
            MemberStatus.Waiting => new MemberState(
                MemberStatus.Waiting, Position: 1 + Members.Count(m => m.Status == MemberStatus.Waiting && m.IsBefore(member))),
            MemberStatus.Active => new MemberState(MemberStatus.Active, ExpiresAt: member.ActiveUntil),
            _ => new MemberState(MemberStatus.Ended),
        };
    }

    public sealed class Member(TokenClaims claims, long score, DateTimeOffset seenAt)
    {
        public TokenClaims Claims => claims;

        public long Score => score;

        public bool IsBefore(Member other) => score < other.Score || (score == other.Score && claims.Id.CompareTo(other.Claims.Id) < 0);

        public DateTimeOffset SeenAt { get; set; } = seenAt;

        public MemberStatus Status { get; set; }

        public DateTimeOffset ActiveUntil { get; set; }
    }
}

/// <summary>The waiting rooms as one instance reaches them.</summary>
public sealed class SimRoomPort(SimProcess process, SimRooms rooms) : IWaitingRoom
{
    public Task<JoinResult> JoinAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        process.CallAsync(() => rooms.Join(claims, limits, now));

    public Task<MemberState> GetAsync(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        process.CallAsync(() => rooms.Get(claims, poll, limits, now));

    public Task EndAsync(TokenClaims claims, CancellationToken cancellationToken) => process.CallAsync(() => rooms.Leave(claims));

    public Task<AdmissionRound> AdmitAsync(string room, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        process.CallAsync(() => rooms.Admit(room, limits, now));

    public Task<IReadOnlyList<string>> ListRoomsAsync(CancellationToken cancellationToken) => process.CallAsync(rooms.List);

    public Task CheckAsync(CancellationToken cancellationToken) => process.CallAsync(rooms.List);
}
