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
