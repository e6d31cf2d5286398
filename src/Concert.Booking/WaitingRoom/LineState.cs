namespace Concert.Booking.WaitingRoom;

/// <summary>The members of a line with their indexes. Only <see cref="Make"/> changes it.</summary>
internal sealed class LineState
{
    private readonly Dictionary<Guid, LineMember> _members = [];
    private readonly Dictionary<string, LineMember> _byUser = new(StringComparer.Ordinal);
    private readonly List<LineMember> _waiting = [];
    private readonly SortedSet<LineMember> _active = new(LineMember.ByEnd.Instance);
    private readonly Dictionary<Guid, long> _ended = [];
    private long _nextSequence = 1;

    public int Count => _members.Count;

    public IReadOnlyList<LineMember> Waiting => _waiting;

    public IReadOnlyCollection<LineMember> Active => _active;

    public LineRecord Record { get; private set; } = LineRecord.Empty;

    public LineMember? Find(Guid id) => _members.GetValueOrDefault(id);

    public LineMember? FindUser(string userId) => _byUser.GetValueOrDefault(userId);

    /// <summary>Until when an ended token is remembered; null when it is not.</summary>
    public long? EndedUntil(Guid id) => _ended.TryGetValue(id, out var until) ? until : null;

    public IReadOnlyDictionary<Guid, long> Ended => _ended;

    /// <summary>A new member at the end of the line, or by issue time when the token is from before the beginning.</summary>
    public LineMember NewMember(TokenClaims claims, bool byIssueTime, long now, long? activeUntil)
    {
        var issuedAt = claims.IssuedAt.ToUnixTimeMilliseconds();
        var order = byIssueTime || _waiting.Count == 0 ? issuedAt : Math.Max(issuedAt, _waiting[^1].Order);
        return new LineMember(claims, order, _nextSequence, activeUntil) { LastSeen = now };
    }

    /// <summary>The exact place of a waiting member, or the one a newcomer would get; 1 is next.</summary>
    public long PositionOf(LineMember member)
    {
        var index = IndexOf(member);
        return (index >= 0 ? index : ~index) + 1;
    }

    public void Make(LineChange change)
    {
        switch (change)
        {
            case LineChange.Member(var before, var after):
                Remove(before);
                Add(after);
                break;
            case LineChange.Ended(var id, _, null):
                _ended.Remove(id);
                break;
            case LineChange.Ended(var id, _, { } until):
                _ended[id] = until;
                break;
            case LineChange.Record(_, var record):
                Record = record;
                break;
            default:
                throw new InvalidOperationException($"Unknown change {change}.");
        }
    }

    private void Add(LineMember? member)
    {
        if (member is null)
        {
            return;
        }

        _members.Add(member.Claims.Id, member);
        _byUser.Add(member.Claims.UserId, member);
        _nextSequence = Math.Max(_nextSequence, member.Sequence + 1);
        if (member.ActiveUntil is null)
        {
            _waiting.Insert(~IndexOf(member), member);
        }
        else
        {
            _active.Add(member);
        }
    }

    private void Remove(LineMember? member)
    {
        if (member is null)
        {
            return;
        }

        _members.Remove(member.Claims.Id);
        _byUser.Remove(member.Claims.UserId);
        if (member.ActiveUntil is null)
        {
            _waiting.RemoveAt(IndexOf(member));
        }
        else
        {
            _active.Remove(member);
        }
    }

    private int IndexOf(LineMember member) => _waiting.BinarySearch(member, LineMember.ByPlace.Instance);
}
