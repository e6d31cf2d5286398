using Concert.Booking.Ports;

namespace Concert.Booking.WaitingRoom;

/// <summary>One member of a <see cref="WaitingLine"/>. Times are Unix milliseconds.</summary>
/// <param name="claims">The token it joined with.</param>
/// <param name="order">The place in the line: the issue time, but never before somebody who joined earlier. Of no meaning while early.</param>
/// <param name="sequence">Tells apart those of one millisecond.</param>
/// <param name="activeUntil">End of the active time; null while waiting or early.</param>
/// <param name="draw">The number of the draw that gives or gave its place; null for who joined while the line was open.</param>
public sealed class LineMember(TokenClaims claims, long order, long sequence, long? activeUntil, int? draw = null)
{
    public TokenClaims Claims { get; } = claims;

    public long Order { get; } = order;

    public long Sequence { get; } = sequence;

    public long? ActiveUntil { get; } = activeUntil;

    public int? Draw { get; } = draw;

    /// <summary>When it last polled. Not written: after a restart everybody counts as just seen.</summary>
    public long LastSeen { get; set; }

    /// <summary>Among those of one order: who joined before a draw, then its members by lot.</summary>
    private long Lot => Draw is null ? -1 : Claims.Early!.Lot;

    internal LineMember ActiveTo(long until) => new(Claims, Order, Sequence, until, Draw) { LastSeen = LastSeen };

    /// <summary>The same with the place that its draw gives, or takes back.</summary>
    internal LineMember DrawnTo(long place) => new(Claims, place, Sequence, ActiveUntil, Draw) { LastSeen = LastSeen };

    /// <summary>The order of the line.</summary>
    internal sealed class ByPlace : IComparer<LineMember>
    {
        public static readonly ByPlace Instance = new();

        public int Compare(LineMember? x, LineMember? y)
        {
            var byOrder = x!.Order.CompareTo(y!.Order);
            if (byOrder != 0)
            {
                return byOrder;
            }

            var byLot = x.Lot.CompareTo(y.Lot);
            return byLot != 0 ? byLot : x.Sequence.CompareTo(y.Sequence);
        }
    }

    /// <summary>The order in which active members end.</summary>
    internal sealed class ByEnd : IComparer<LineMember>
    {
        public static readonly ByEnd Instance = new();

        public int Compare(LineMember? x, LineMember? y)
        {
            var byEnd = x!.ActiveUntil!.Value.CompareTo(y!.ActiveUntil!.Value);
            return byEnd != 0 ? byEnd : ByPlace.Instance.Compare(x, y);
        }
    }
}

/// <summary>One change of a <see cref="WaitingLine"/>: what was and what is, so that it can be written, read back and taken back.</summary>
public abstract record LineChange
{
    private LineChange()
    {
    }

    /// <summary>The same change backwards.</summary>
    internal abstract LineChange Inverse { get; }

    /// <summary>A member came (nothing before), went (nothing after) or was admitted (both, of one token).</summary>
    public sealed record Member(LineMember? Before, LineMember? After) : LineChange
    {
        public Guid TokenId => (After ?? Before)!.Claims.Id;

        internal override LineChange Inverse => new Member(After, Before);
    }

    /// <summary>An ended token is remembered until then (Unix milliseconds), or forgotten (null after).</summary>
    public sealed record Ended(Guid TokenId, long? Before, long? After) : LineChange
    {
        internal override LineChange Inverse => new Ended(TokenId, After, Before);
    }

    /// <summary>The stored state of the line itself.</summary>
    public sealed record Record(LineRecord Before, LineRecord After) : LineChange
    {
        internal override LineChange Inverse => new Record(After, Before);
    }
}

/// <summary>The stored state of a line besides its members. Times are Unix milliseconds.</summary>
/// <param name="Began">Tokens issued before this and not known are from before the line lost its memory; null while there was no member yet.</param>
/// <param name="Admissions">When how many were admitted, oldest first, as far back as the interval looks.</param>
/// <param name="Draws">The draws made, oldest first: the latest, and those before it that somebody still waits by.</param>
public sealed record LineRecord(long? Began, IReadOnlyList<LineAdmissions> Admissions, IReadOnlyList<LineDraw> Draws)
{
    public static LineRecord Empty { get; } = new(null, [], []);

    /// <summary>The latest draw; null when there was none.</summary>
    public LineDraw? Drawn => Draws.Count == 0 ? null : Draws[^1];

    /// <summary>The draw that EARLY members of now take part in.</summary>
    public int NextDraw => Draws.Count == 0 ? 1 : Draws[^1].Number + 1;
}

/// <summary>So many were admitted at this time (Unix milliseconds).</summary>
public readonly record struct LineAdmissions(long At, int Count);

/// <summary>A draw that was made. Times are Unix milliseconds.</summary>
/// <param name="Number">1 is the line's first.</param>
/// <param name="Opening">The opening it was made for.</param>
/// <param name="Place">Where in the line those of the draw stand, among themselves by lot: later than all who waited then, before all who join after.</param>
public sealed record LineDraw(int Number, long Opening, long Place);

/// <summary>The result of a call on a <see cref="WaitingLine"/>, valid once its changes are written. Without changes there is nothing to write.</summary>
public sealed record LineStep<T>(T Result, IReadOnlyList<LineChange> Changes);
