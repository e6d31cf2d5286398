using Concert.Booking.WaitingRoom;

namespace Concert.Embedded.WaitingRoom;

/// <summary>One line and its active members, in memory. Times are Unix milliseconds. Not thread-safe.</summary>
internal sealed class Room(string name)
{
    private const long ShortestOutage = 5_000;

    private readonly Dictionary<Guid, Member> _members = [];
    private readonly Dictionary<string, Member> _byUser = new(StringComparer.Ordinal);
    private readonly List<Member> _waiting = [];
    private readonly SortedSet<Member> _active = new(Member.ByEnd.Instance);
    private readonly Dictionary<Guid, long> _ended = [];
    private readonly List<(long At, int Count)> _admissions = [];
    private long _nextSequence = 1;
    private long? _lastRound;

    public string Name { get; } = name;

    /// <summary>Tokens issued before this and not known here are from before the room lost its memory; null while there was no member yet.</summary>
    public long? Began { get; set; }

    /// <summary>When how many were admitted, oldest first, as far back as the interval looks.</summary>
    public IReadOnlyList<(long At, int Count)> Admissions => _admissions;

    /// <summary>The journal sequence of the newest change.</summary>
    public long LastChange { get; set; }

    public int Count => _members.Count;

    public int ActiveCount => _active.Count;

    public IReadOnlyList<Member> Waiting => _waiting;

    /// <summary>Active members, the one that ends first at the front.</summary>
    public IReadOnlyCollection<Member> Active => _active;

    public Member? Find(Guid id) => _members.GetValueOrDefault(id);

    public Member? FindUser(string userId) => _byUser.GetValueOrDefault(userId);

    /// <summary>A new member at the end of the line, or by issue time when the token is from before the beginning.</summary>
    public Member NewMember(TokenClaims claims, bool byIssueTime)
    {
        var issuedAt = claims.IssuedAt.ToUnixTimeMilliseconds();
        var order = byIssueTime || _waiting.Count == 0 ? issuedAt : Math.Max(issuedAt, _waiting[^1].Order);
        return new Member(claims, order, _nextSequence);
    }

    public void Add(Member member)
    {
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

    public void Remove(Member member)
    {
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

    public void Activate(Member member, long until)
    {
        _waiting.RemoveAt(IndexOf(member));
        member.ActiveUntil = until;
        _active.Add(member);
    }

    /// <summary>The exact place of a waiting member, or the one a newcomer would get; 1 is next.</summary>
    public long PositionOf(Member member)
    {
        var index = IndexOf(member);
        return (index >= 0 ? index : ~index) + 1;
    }

    /// <summary>How many both limits let in now. Forgets admissions that no interval reaches any more.</summary>
    public int Vacancies(RoomLimits limits, long now, int active)
    {
        var windowStart = now - (long)limits.AdmitInterval.TotalMilliseconds;
        _admissions.RemoveAll(admission => admission.At <= windowStart);
        return Math.Max(0, Math.Min(limits.MaxActive - active, limits.AdmitPerInterval - _admissions.Sum(admission => admission.Count)));
    }

    /// <summary>Counts admissions; a negative count takes them back.</summary>
    public void Record(long at, int count)
    {
        var index = _admissions.FindIndex(admission => admission.At == at);
        var total = count + (index < 0 ? 0 : _admissions[index].Count);
        _admissions.RemoveAll(admission => admission.At == at);
        if (total > 0)
        {
            _admissions.Add((at, total));
        }
    }

    /// <summary>
    /// Notes an admission round. Who could not poll is not silent: rounds come about every second, so a long gap between two means that nobody could
    /// be served, and it does not count as anybody's silence.
    /// </summary>
    public void BeginRound(RoomLimits limits, long now)
    {
        var gap = now - (_lastRound ?? now);
        _lastRound = now;
        if (gap > Math.Max(ShortestOutage, (long)limits.SilenceLimit.TotalMilliseconds / 2))
        {
            foreach (var member in _waiting)
            {
                member.LastSeen = Math.Min(now, member.LastSeen + gap);
            }
        }
    }

    public bool IsFromBefore(long issuedAt) => Began is not { } began || issuedAt < began;

    public bool HasEnded(Guid id) => _ended.ContainsKey(id);

    /// <summary>Remembers an ended token that its issue time alone would put back.</summary>
    public void RememberEnded(Guid id, long until) => _ended[id] = until;

    public void ForgetEnded(long now)
    {
        foreach (var (id, until) in _ended)
        {
            if (until <= now)
            {
                _ended.Remove(id);
            }
        }
    }

    private int IndexOf(Member member) => _waiting.BinarySearch(member, Member.ByPlace.Instance);
}
