using Concert.Booking.Ports;
using Concert.Booking.States;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Checks;

/// <summary>
/// Q1 of the waiting room's lines: the one there is (or each concert's) keeps its limit, nobody has a place before the opening, and then who was there
/// before goes first, then the early ones by lot, then who came later. A token has one lot, whoever asks, also after a flush.
/// </summary>
public sealed class LineRules
{
    /// <summary>Clocks are up to 5 s ahead of the world's.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(5);

    private readonly World _world;
    private readonly SimRooms _rooms;
    private readonly SaleSettings _settings;
    private readonly HashSet<Guid> _admitted = [];
    private readonly Dictionary<Guid, long> _lots = [];
    private readonly HashSet<(string Room, Guid Token)> _before = [];
    private readonly Dictionary<string, Dictionary<Guid, MemberStatus>> _statuses = new(StringComparer.Ordinal);
    private int _flushes;

    public LineRules(World world, SimRooms rooms, SaleSettings settings)
    {
        (_world, _rooms, _settings) = (world, rooms, settings);
        rooms.EarlyShown = Shown;
    }

    /// <summary>The concert on sale, and when booking opens; null when it is open from the start. The other concert has no schedule.</summary>
    public (string Concert, DateTimeOffset? OpensAt) Sale { get; set; }

    public IEnumerable<BrokenPromise> Check(string name, SimRooms.Room room)
    {
        if (name == TokenClaims.General == _settings.IsPerConcert)
        {
            return [new(FairLine.Id, $"There is a line {name}, which is none of this scope")];
        }

        if (_flushes < _rooms.Flushes)
        {
            _flushes = _rooms.Flushes;
            _before.Clear();
            _statuses.Clear();
        }

        if (WrongStep(name, room) is { } wrong)
        {
            return [wrong];
        }

        // A join that was lost before it was durable, or a token that ended, has no place any more: with the same token after the draw, it came later.
        _before.RemoveWhere(before => before.Room == name && !room.Members.Any(m => m.Claims.Id == before.Token));
        var members = new List<(SimRooms.Member Member, MemberFact Fact)>();
        foreach (var member in room.Members)
        {
            if (!room.IsDrawn)
            {
                _before.Add((name, member.Claims.Id));
            }

            members.Add((member, Fact(member, room)));
        }

        if (Sale.OpensAt - Ahead > _world.UtcNow && (name == TokenClaims.General || name == Sale.Concert)
            && members.Find(m => m.Fact.Status != Status.Early) is { Member: { } hasty })
        {
            return [new(FairLine.Id, $"{hasty.Claims.UserId} has a place in {name}, which is not open yet")];
        }

        // After a flush, and with clocks apart, nobody can tell any more who came before the opening: then each kind keeps its own order.
        return _flushes > 0 && _world.Faults.Plan.HasSkew
            ? Promises(name, members.Where(m => m.Member.Claims.Early is not null)).Concat(Promises(name, members.Where(m => m.Member.Claims.Early is null)))
            : Promises(name, members);
    }

    /// <summary>Of the tokens that the line has known since it lost its memory; a call may take several steps.</summary>
    private BrokenPromise? WrongStep(string name, SimRooms.Room room)
    {
        if (!_statuses.TryGetValue(name, out var known))
        {
            _statuses[name] = known = [];
        }

        var now = room.Members.ToDictionary(m => m.Claims.Id);
        foreach (var token in known.Keys.Where(token => !now.ContainsKey(token)).ToList())
        {
            // A join that was lost before it was durable never was.
            if (!_rooms.LostJoins.Contains(token))
            {
                known[token] = MemberStatus.Ended;
            }
            else
            {
                known.Remove(token);
            }
        }

        foreach (var (token, member) in now)
        {
            if (known.TryGetValue(token, out var was) && was != member.Status && !Steps.OfToken.Leads(was, member.Status))
            {
                return new BrokenPromise(LegalHistory.Id, $"The token of {member.Claims.UserId} went from {was} to {member.Status}");
            }

            known[token] = member.Status;
        }

        return null;
    }

    private IEnumerable<BrokenPromise> Promises(string name, IEnumerable<(SimRooms.Member Member, MemberFact Fact)> members) =>
        FairLine.Check(new RoomEvidence($"Room {name}", _settings.MaxActive, [.. members.Select(m => m.Fact)]));

    private MemberFact Fact(SimRooms.Member member, SimRooms.Room room) => member.Status switch
    {
        MemberStatus.Active => new(member.Claims.UserId, Status.Active, PlaceOf(member), WasJustAdmitted: _admitted.Add(member.Claims.Id)),
        MemberStatus.Early => new(member.Claims.UserId, Status.Early, PlaceOf(member)),
        _ => new(member.Claims.UserId, Status.Waiting, PlaceOf(member), room.StateOf(member).Position),
    };

    /// <summary>
    /// Who was there before the draw, then the draw, then who came after. It is the line that one has to reach before the draw: a token that was issued before it and
    /// joins after it has come later. Only who was in the line and is forgotten comes back to where the issue time says.
    /// </summary>
    private long PlaceOf(SimRooms.Member member)
    {
        var isBefore = (_before.Contains((member.Claims.Room, member.Claims.Id)) || _rooms.HasComeBack(member.Claims.Id))
            && (_flushes == 0 || member.Claims.IssuedAt < Sale.OpensAt);
        return member.Claims.Early is { } early ? (1L << 60) + early.Lot : ((isBefore ? 0 : 2L) << 60) + member.Score;
    }

    private void Shown(TokenClaims claims)
    {
        if (!_lots.TryAdd(claims.Id, claims.Early!.Lot) && _lots[claims.Id] != claims.Early.Lot)
        {
            _world.Fail(FairLine.Id, $"{claims.UserId} had lot {_lots[claims.Id]} and has lot {claims.Early.Lot}");
        }
    }
}
