using Concert.Booking.Ports;
using Concert.Booking.States;

namespace Concert.Booking.WaitingRoom;

/// <summary>
/// The rules of one waiting room, without storage, clock or lock: each call changes the line and answers with the changes to write. Write them before
/// the result is shown; if that fails, <see cref="Undo"/> them, the newest call first. Times are Unix milliseconds. Not thread-safe.
/// </summary>
public sealed partial class WaitingLine
{
    /// <summary>Longer than any token is good for.</summary>
    private static readonly long KeepEnded = (long)TimeSpan.FromHours(25).TotalMilliseconds;

    /// <summary>Ended tokens that a round forgets: more than end in a second, and few enough to write.</summary>
    private const int ForgottenPerRound = 2_000;

    /// <summary>A joining token is issued by the call that joins, so a beginning moves back by no more than clocks differ.</summary>
    private const long MaxClockDifference = 10_000;

    private const long ShortestOutage = 5_000;

    private readonly LineState _state = new();
    private List<LineChange> _changes = [];
    private long? _lastRound;

    /// <summary>Members: early, waiting and active.</summary>
    public int Count => _state.Count;

    /// <summary>Waiting members in the order of the line.</summary>
    public IReadOnlyList<LineMember> Waiting => _state.Waiting;

    /// <summary>Members that take part in the draw to come, in no order.</summary>
    public IReadOnlyCollection<LineMember> Early => _state.Early;

    /// <summary>Active members, the one that ends first at the front; those whose time is over included until a call removes them.</summary>
    public IReadOnlyCollection<LineMember> Active => _state.Active;

    /// <summary>Ended tokens, so that nothing brings one back, each with the time until which it is remembered, the first to be forgotten at the front.</summary>
    public IEnumerable<(Guid TokenId, long Until)> Ended => _state.Ended;

    /// <summary>The line's own record as it is now.</summary>
    public LineRecord Record => _state.Record;

    /// <summary>Whether the token is a member's.</summary>
    public bool Has(Guid tokenId) => _state.Find(tokenId) is not null;

    /// <summary>See <see cref="IWaitingRoom.JoinAsync"/>.</summary>
    public LineStep<JoinResult> Join(TokenClaims claims, RoomLimits limits, long now)
    {
        DrawIfDue(limits.Sale, now);
        EndExpired(now);
        if (_state.Find(claims.Id) is { } known)
        {
            _state.Seen(known, now);
            return Step<JoinResult>(new JoinResult.Joined(known.Claims, StateOf(known)));
        }

        if (_state.EndedUntil(claims.Id) is not null)
        {
            // A repeat of its call that was on its way meanwhile.
            return Step<JoinResult>(new JoinResult.Joined(claims, new MemberState(MemberStatus.Ended)));
        }

        if (_state.FindUser(claims.UserId) is { } holder)
        {
            return Step<JoinResult>(new JoinResult.AlreadyQueued(holder.Claims));
        }

        var rests = Rests(limits.Sale);
        var isEarly = rests && claims.Early is not null;
        var kept = isEarly ? claims : claims with { Early = null };
        var isAdmitted = !rests && _state.Waiting.Count == 0 && Vacancies(limits, now) > 0;
        var member = isEarly
            ? _state.DrawMember(kept, _state.Record.NextDraw, place: 0, now)
            : _state.NewMember(kept, now, isAdmitted ? now + (long)limits.ActiveFor.TotalMilliseconds : null);
        Change(new LineChange.Member(null, member));
        Began(Math.Max(claims.IssuedAt.ToUnixTimeMilliseconds(), now - MaxClockDifference));
        CountAdmitted(isAdmitted ? 1 : 0, limits, now);
        return Step<JoinResult>(new JoinResult.Joined(kept, StateOf(member)));
    }

    /// <summary>See <see cref="IWaitingRoom.GetAsync"/>.</summary>
    public LineStep<MemberState> Get(TokenClaims claims, bool poll, RoomLimits limits, long now)
    {
        if (poll)
        {
            DrawIfDue(limits.Sale, now);
        }

        if (_state.Find(claims.Id) is { } member)
        {
            if (poll)
            {
                _state.Seen(member, now);
            }

            return Step(member.ActiveUntil <= now ? new MemberState(MemberStatus.Ended) : StateOf(member));
        }

        if (!IsFromBefore(claims) || _state.EndedUntil(claims.Id) is not null || _state.FindUser(claims.UserId) is not null)
        {
            return Step(new MemberState(MemberStatus.Ended));
        }

        var lost = Lost(claims, limits.Sale, poll, now);
        if (poll)
        {
            Change(new LineChange.Member(null, lost));
            Began(now);
        }

        return Step(StateOf(lost));
    }

    /// <summary>Whether a poll would have to be written.</summary>
    public bool IsChangedByPoll(TokenClaims claims, RoomLimits limits, long now) => !Has(claims.Id) || IsDrawDue(limits.Sale) || HasStragglers(limits.Sale, now);

    /// <summary>See <see cref="IWaitingRoom.EndAsync"/>. Answers whether there was such a member.</summary>
    public LineStep<bool> End(TokenClaims claims, long now)
    {
        var member = _state.Find(claims.Id);
        if (member is not null)
        {
            Remove(member, now);
        }
        else if (_state.EndedUntil(claims.Id) is null)
        {
            Change(new LineChange.Ended(claims.Id, null, EndedUntil(claims, now)));
        }

        return Step(member is not null);
    }

    /// <summary>Makes changes that were written before, to bring a line back from its storage.</summary>
    public void Apply(IEnumerable<LineChange> written)
    {
        foreach (var change in written)
        {
            _state.Make(change);
        }
    }

    /// <summary>Takes back what a call changed because it could not be written. Calls are undone in reverse order.</summary>
    public void Undo(IReadOnlyList<LineChange> changes)
    {
        for (var i = changes.Count - 1; i >= 0; i--)
        {
            _state.Make(changes[i].Inverse);
        }
    }

    private MemberState StateOf(LineMember member) => _state.StatusOf(member) switch
    {
        MemberStatus.Active => new MemberState(MemberStatus.Active, null, DateTimeOffset.FromUnixTimeMilliseconds(member.ActiveUntil!.Value)),
        MemberStatus.Waiting => new MemberState(MemberStatus.Waiting, _state.PositionOf(member)),
        var early => new MemberState(early),
    };

    private void Remove(LineMember member, long now)
    {
        Change(new LineChange.Member(member, null));
        Change(new LineChange.Ended(member.Claims.Id, _state.EndedUntil(member.Claims.Id), EndedUntil(member.Claims, now)));
    }

    /// <summary>
    /// The instance that ends a token may have a clock behind that of the one that issued it, and a token may end before the opening from which its time
    /// counts.
    /// </summary>
    private static long EndedUntil(TokenClaims claims, long now)
    {
        var from = claims.Early?.OpensAt is { } opening && opening > claims.IssuedAt ? opening : claims.IssuedAt;
        return Math.Max(from.ToUnixTimeMilliseconds(), now) + KeepEnded;
    }

    /// <exception cref="InvalidOperationException">It is a step that <see cref="Steps.OfToken"/> does not have; nothing has changed.</exception>
    private void Change(LineChange change)
    {
        if (change is LineChange.Member(Before: { } before, var after))
        {
            _ = Steps.OfToken.Take(_state.StatusOf(before), after is null ? MemberStatus.Ended : _state.StatusOf(after));
        }

        _state.Make(change);
        _changes.Add(change);
    }

    private LineStep<T> Step<T>(T result)
    {
        if (_changes.Count == 0)
        {
            return new LineStep<T>(result, []);
        }

        var step = new LineStep<T>(result, _changes);
        _changes = [];
        return step;
    }
}
