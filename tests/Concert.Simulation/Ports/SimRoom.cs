using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
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
    private readonly Dictionary<string, PendingCommit> _pending = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, long> _lots = [];
    private readonly HashSet<Guid> _backAgain = [];

    public SimRooms(World world, SimRedis redis, Defect defect)
    {
        (_world, _redis, _defect) = (world, redis, defect);
        _rooms = new MemoryRooms(() => world.UtcNow) { Changed = (name, line) => Changed?.Invoke(name, new Room(line, world.UtcNow)) };
    }

    /// <summary>Raised with the room's name and state after every call that changed it.</summary>
    public Action<string, Room>? Changed { get; set; }

    /// <summary>Raised with each early token that a caller shows, as it comes into the room.</summary>
    public Action<TokenClaims>? EarlyShown { get; set; }

    public bool HasLotsOfEachInstance => _defect == Defect.LotsOfEachInstance;

    /// <summary>How often everything was forgotten: what was promised before does not bind after.</summary>
    public int Flushes { get; private set; }

    /// <summary>Whether this member was forgotten and has brought itself back by a poll, instead of joining.</summary>
    public bool HasComeBack(Guid token) => _backAgain.Contains(token);

    public JoinResult Join(TokenClaims claims, RoomLimits limits, DateTimeOffset now)
    {
        Reach();
        claims = Drawn(claims);
        if (!Has(claims))
        {
            _backAgain.Remove(claims.Id);
        }

        if (_defect != Defect.PositionTwice || !IsWaiting(claims))
        {
            var isNew = false;
            if (_defect == Defect.EarlyTakesAPlace)
            {
                (claims, limits) = (claims with { Early = null }, limits with { Sale = LineSale.Unknown });
            }

            var result = _rooms.Run(claims.Room, line =>
            {
                if (_defect == Defect.EndedTokenRevived)
                {
                    line.Apply([new LineChange.Ended(claims.Id, null, null)]);
                }

                var step = line.Join(claims, limits, now.ToUnixTimeMilliseconds());
                step = _defect == Defect.LateBeforeEarly ? ToTheFront(line, claims.Id, step) : step;
                isNew = step.Changes.OfType<LineChange.Member>().Any(c => c.Before is null && c.TokenId == claims.Id);
                return step;
            });
            if (isNew && _defect == Defect.EndedTokenRevived && _repeated.Add(claims.Id))
            {
                // A repeat that takes its time, so that the token has ended when it comes; a right room does not mind.
                _world.Schedule(null, RepeatAfter, () =>
                {
                    try
                    {
                        Join(claims, limits, now + RepeatAfter);
                    }
                    catch (StoreUnavailableException)
                    {
                        // Lost on the way.
                    }
                });
            }

            if (isNew)
            {
                MaybePend(claims);
            }

            return result;
        }

        var again = _rooms.Join(claims with { Id = Twin(claims.Id), UserId = claims.UserId + Disguise }, limits, now);
        return again is JoinResult.Joined joined ? joined with { Claims = claims } : again;
    }

    public MemberState Get(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now)
    {
        Reach();
        claims = Drawn(claims);
        if (poll && !Has(claims))
        {
            _backAgain.Add(claims.Id);
        }

        if (poll && _defect == Defect.ActiveSentBack)
        {
            _rooms.Run(claims.Room, line => SentBack(line, claims.Id));
        }

        return _rooms.Get(claims, poll, limits, now);
    }

    public bool End(TokenClaims claims)
    {
        if (_redis.IsAway)
        {
            CouldNotEnd.Add(claims.Id);
        }

        Reach();
        if (_defect == Defect.OtherTokenEnded)
        {
            foreach (var other in Members(claims.Room).Where(m => m.Claims.UserId == claims.UserId && m.Claims.Id != claims.Id))
            {
                _rooms.End(other.Claims);
            }
        }

        return _rooms.End(claims);
    }

    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(30);

    private readonly HashSet<Guid> _repeated = [];

    /// <summary>Tokens that were to be ended while the room was away.</summary>
    public HashSet<Guid> CouldNotEnd { get; } = [];

    /// <summary>Tokens whose join was taken back as if it had never been.</summary>
    public HashSet<Guid> LostJoins { get; } = [];

    /// <summary>Waiting, or active and not over.</summary>
    public bool IsIn(TokenClaims claims) => Members(claims.Room).Exists(
        m => m.Claims.Id == claims.Id && (m.ActiveUntil ?? long.MaxValue) > _world.UtcNow.ToUnixTimeMilliseconds());

    /// <summary>What the room shows rests on this while nobody knows whether it lasts; a call after it was lost rests on nothing.</summary>
    public PendingCommit? RestsOn(string room) =>
        _defect != Defect.RoomShownEarly && _pending.GetValueOrDefault(room) is { IsDurable: null } pending ? pending : null;

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
        _pending.Clear();
        _lots.Clear();
        _rooms.Flush();
    }

    private TokenClaims Drawn(TokenClaims claims)
    {
        if (claims.Early is not { } early)
        {
            return claims;
        }

        if (_defect == Defect.DrawLostOnFlush)
        {
            // Kept as long as the room remembers.
            var lot = _lots.TryGetValue(claims.Id, out var kept) ? kept : _lots[claims.Id] = _world.Faults.Next(int.MaxValue);
            claims = claims with { Early = early with { Lot = lot } };
        }

        EarlyShown?.Invoke(claims);
        return claims;
    }

    private void Reach()
    {
        if (_redis.IsAway)
        {
            throw new StoreUnavailableException("Redis is away");
        }
    }

    /// <summary>The join is in memory, its caller hears nothing, and whether it lasts is known later.</summary>
    private void MaybePend(TokenClaims claims)
    {
        if (_pending.GetValueOrDefault(claims.Room) is { IsDurable: null } || !_world.Faults.Roll(Fault.RoomPending))
        {
            return;
        }

        var pending = _pending[claims.Room] = new PendingCommit();
        _world.Schedule(null, _world.Faults.Between(0.2, 12), () =>
        {
            var isDurable = _world.Faults.Next(2) == 0;
            _world.History.Add("room", $"the join of {claims.UserId} is {(isDurable ? "durable" : "lost before it was durable")}");
            if (!isDurable)
            {
                LostJoins.Add(claims.Id);
                _rooms.Run(claims.Room, line => Without(line, claims));
            }

            pending.End(isDurable);
        });
        throw new StoreUnavailableException("timed out");
    }

    /// <summary>Takes a join back as if it had never been.</summary>
    private static LineStep<bool> Without(WaitingLine line, TokenClaims claims)
    {
        LineChange[] changes = [.. line.Waiting.Concat(line.Active).Concat(line.Early).Where(m => m.Claims.Id == claims.Id).Select(m => new LineChange.Member(m, null))];
        line.Apply(changes);
        return new LineStep<bool>(true, changes);
    }

    private bool Has(TokenClaims claims) => _rooms.Run(claims.Room, line => new LineStep<bool>(line.Has(claims.Id), []));

    private List<LineMember> Members(string room) =>
        _rooms.Run(room, line => new LineStep<List<LineMember>>([.. line.Waiting, .. line.Active, .. line.Early], []));

    private bool IsWaiting(TokenClaims claims) =>
        _rooms.Run(claims.Room, line => new LineStep<bool>(line.Waiting.Concat(line.Early).Any(m => m.Claims.Id == claims.Id), []));

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
            var admitted = new LineChange.Member(member, new LineMember(member.Claims, member.Order, member.Sequence, until, member.Draw));
            line.Apply([admitted]);
            changes.Add(admitted);
        }

        return new LineStep<AdmissionRound>(round.Result, changes);
    }

    private static LineStep<bool> SentBack(WaitingLine line, Guid token)
    {
        LineChange[] changes = [.. line.Active.Where(m => m.Claims.Id == token)
            .Select(m => new LineChange.Member(m, new LineMember(m.Claims, m.Order, m.Sequence, null, m.Draw)))];
        line.Apply(changes);
        return new LineStep<bool>(true, changes);
    }

    private static LineStep<JoinResult> ToTheFront(WaitingLine line, Guid token, LineStep<JoinResult> joined)
    {
        if (joined.Changes.OfType<LineChange.Member>().FirstOrDefault(c => c.Before is null && c.TokenId == token) is not { After: { ActiveUntil: null, Draw: null } member })
        {
            return joined;
        }

        var ahead = new LineChange.Member(member, new LineMember(member.Claims, 0, member.Sequence, null) { LastSeen = member.LastSeen });
        line.Apply([ahead]);
        return new LineStep<JoinResult>(
            ((JoinResult.Joined)joined.Result) with { State = new MemberState(MemberStatus.Waiting, 1) }, [.. joined.Changes, ahead]);
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
        /// <summary>A look at a member asks for none.</summary>
        private static readonly RoomLimits Unlimited = new(0, 0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);

        public IReadOnlyList<Member> Members { get; } =
        [
            .. line.Waiting.Select(m => new Member(m, MemberStatus.Waiting)),
            .. line.Active.Select(m => new Member(m, MemberStatus.Active)),
            .. line.Early.Select(m => new Member(m, MemberStatus.Early)),
        ];

        public int Active => line.Active.Count;

        /// <summary>The opening has come for this line: its draw is recorded, also when nobody had come early.</summary>
        public bool IsDrawn => line.Record.Drawn is not null;

        /// <summary>What the rules say of a member.</summary>
        public MemberState StateOf(Member member) => line.Get(member.Token, poll: false, Unlimited, now.ToUnixTimeMilliseconds()).Result;
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
public sealed class SimRoomPort(World world, SimProcess process, SimRooms rooms) : IWaitingRoom
{
    public Task<JoinResult> JoinAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(claims.Room, () => rooms.Join(Seen(claims), limits, now), cancellationToken);

    public Task<MemberState> GetAsync(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(claims.Room, () => rooms.Get(Seen(claims), poll, limits, now), cancellationToken);

    public Task EndAsync(TokenClaims claims, CancellationToken cancellationToken) => CallAsync(claims.Room, () => rooms.End(claims), cancellationToken);

    public Task<AdmissionRound> AdmitAsync(string room, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(room, () => rooms.Admit(room, limits, now), cancellationToken);

    public Task<IReadOnlyList<string>> ListRoomsAsync(CancellationToken cancellationToken) => process.CallAsync(rooms.List, cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) => process.CallAsync(rooms.List, cancellationToken);

    private TokenClaims Seen(TokenClaims claims) => claims.Early is { } early && rooms.HasLotsOfEachInstance
        ? claims with { Early = early with { Lot = (early.Lot + (process.Number * 1_000_003L)) % (1L << Lots.Bits) } }
        : claims;

    private Task<T> CallAsync<T>(string room, Func<T> execute, CancellationToken cancellationToken) => process.CallAsync(
        world, execute, () => rooms.RestsOn(room), () => throw new StoreUnavailableException("What was to be shown is lost"), cancellationToken);
}
