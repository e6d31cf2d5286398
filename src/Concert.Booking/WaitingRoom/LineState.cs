using Concert.Booking.Ports;

namespace Concert.Booking.WaitingRoom;

/// <summary>The members of a line with their indexes. Only <see cref="Make"/> changes it.</summary>
internal sealed class LineState
{
    private readonly Dictionary<Guid, (LineMember Member, LinkedListNode<LineMember>? Seen)> _members = [];
    private readonly Dictionary<string, LineMember> _byUser = new(StringComparer.Ordinal);
    private readonly PlaceList _waiting = [];
    private readonly LinkedList<LineMember> _seen = [];
    private readonly Dictionary<Guid, LineMember> _early = [];
    private readonly SortedSet<LineMember> _active = new(LineMember.ByEnd.Instance);
    private readonly Dictionary<Guid, long> _ended = [];
    private readonly SortedSet<(long Until, Guid Id)> _endedByTime = [];
    private long _nextSequence = 1;

    public int Count => _members.Count;

    public IReadOnlyList<LineMember> Waiting => _waiting;

    public IReadOnlyCollection<LineMember> Early => _early.Values;

    public IReadOnlyCollection<LineMember> Active => _active;

    /// <summary>Waiting members, the one that was silent for longest at the front.</summary>
    public IEnumerable<LineMember> LongestSilent => _seen;

    public LineRecord Record { get; private set; } = LineRecord.Empty;

    public LineMember? Find(Guid id) => _members.GetValueOrDefault(id).Member;

    public LineMember? FindUser(string userId) => _byUser.GetValueOrDefault(userId);

    /// <summary>Until when an ended token is remembered; null when it is not.</summary>
    public long? EndedUntil(Guid id) => _ended.TryGetValue(id, out var until) ? until : null;

    /// <summary>Ended tokens, the one that is forgotten first at the front.</summary>
    public IEnumerable<(Guid TokenId, long Until)> Ended => _endedByTime.Select(ended => (ended.Id, ended.Until));

    /// <summary>Later than every place there is.</summary>
    public long NextPlace => Math.Max((_waiting.Last?.Order ?? 0) + 1, (Record.Drawn?.Place ?? 0) + 1);

    /// <summary>A new member at the end of the line.</summary>
    public LineMember NewMember(TokenClaims claims, long now, long? activeUntil)
    {
        var issuedAt = claims.IssuedAt.ToUnixTimeMilliseconds();
        // Of one place, those of a draw stand behind who has none, so that who comes after them needs a later one.
        var last = Math.Max(_waiting.Last is { Draw: null } plain ? plain.Order : 0, Record.Drawn is { } drawn ? drawn.Place + 1 : 0);
        return new LineMember(claims, Math.Max(issuedAt, last), _nextSequence, activeUntil) { LastSeen = now };
    }

    /// <summary>A token of before the beginning, by its issue time.</summary>
    public LineMember LostMember(TokenClaims claims, long now) =>
        new(claims, claims.IssuedAt.ToUnixTimeMilliseconds(), _nextSequence, activeUntil: null) { LastSeen = now };

    /// <summary>A member of the draw to come, or of one that was made.</summary>
    public LineMember DrawMember(TokenClaims claims, int draw, long place, long now) =>
        new(claims, place, _nextSequence, activeUntil: null, draw) { LastSeen = now };

    /// <summary>The exact place of a waiting member, or the one a newcomer would get; 1 is next.</summary>
    public long PositionOf(LineMember member) => _waiting.CountBefore(member) + 1;

    public MemberStatus StatusOf(LineMember member) => member.ActiveUntil is not null ? MemberStatus.Active
        : member.Draw >= Record.NextDraw ? MemberStatus.Early
        : MemberStatus.Waiting;

    /// <summary>A clock behind others' does not make anybody look silent: seen is as late as anybody was seen.</summary>
    public void Seen(LineMember member, long now)
    {
        if (_members[member.Claims.Id].Seen is { } node)
        {
            _seen.Remove(node);
            member.LastSeen = Math.Max(now, _seen.Last?.Value.LastSeen ?? now);
            _seen.AddLast(node);
        }
    }

    public void Make(LineChange change)
    {
        switch (change)
        {
            case LineChange.Member(var before, var after):
                Remove(before);
                Add(after);
                break;
            case LineChange.Ended(var id, _, var until):
                Make(id, until);
                break;
            case LineChange.Record(_, var record):
                Make(record);
                break;
            default:
                throw new InvalidOperationException($"Unknown change {change}.");
        }
    }

    private void Make(Guid ended, long? until)
    {
        if (_ended.Remove(ended, out var before))
        {
            _endedByTime.Remove((before, ended));
        }

        if (until is { } after)
        {
            _ended.Add(ended, after);
            _endedByTime.Add((after, ended));
        }
    }

    /// <summary>A draw is the line's record alone: its members were written as they joined.</summary>
    private void Make(LineRecord record)
    {
        var (before, after) = (Record.NextDraw, record.NextDraw);
        Record = record;
        if (after > before)
        {
            var place = record.Drawn!.Place;
            foreach (var member in _early.Values.Where(m => m.Draw < after).OrderBy(m => m.Claims.Early!.Lot).ToArray())
            {
                Replace(member, member.DrawnTo(place));
            }
        }
        else if (after < before)
        {
            foreach (var member in _waiting.Where(m => m.Draw >= after).ToArray())
            {
                Replace(member, member.DrawnTo(0));
            }
        }
    }

    private void Replace(LineMember before, LineMember after)
    {
        Remove(before);
        Add(after);
    }

    private void Add(LineMember? member)
    {
        if (member is null)
        {
            return;
        }

        if (member is { ActiveUntil: null } && Record.Draws.FirstOrDefault(d => d.Number == member.Draw) is { } draw && draw.Place != member.Order)
        {
            // Written as it joined, before the draw.
            member = member.DrawnTo(draw.Place);
        }

        _byUser.Add(member.Claims.UserId, member);
        _nextSequence = Math.Max(_nextSequence, member.Sequence + 1);
        LinkedListNode<LineMember>? seen = null;
        if (member.ActiveUntil is not null)
        {
            _active.Add(member);
        }
        else if (StatusOf(member) == MemberStatus.Early)
        {
            _early.Add(member.Claims.Id, member);
        }
        else
        {
            _waiting.Add(member);
            member.LastSeen = Math.Max(member.LastSeen, _seen.Last?.Value.LastSeen ?? member.LastSeen);
            seen = _seen.AddLast(member);
        }

        _members.Add(member.Claims.Id, (member, seen));
    }

    private void Remove(LineMember? gone)
    {
        if (gone is null)
        {
            return;
        }

        _members.Remove(gone.Claims.Id, out var known);
        var (member, seen) = known;
        _byUser.Remove(member.Claims.UserId);
        if (member.ActiveUntil is not null)
        {
            _active.Remove(member);
        }
        else if (seen is null)
        {
            _early.Remove(member.Claims.Id);
        }
        else
        {
            _waiting.Remove(member);
            _seen.Remove(seen);
        }
    }
}
