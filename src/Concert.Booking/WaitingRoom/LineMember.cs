namespace Concert.Booking.WaitingRoom;

/// <summary>One member of a <see cref="WaitingLine"/>. Times are Unix milliseconds.</summary>
/// <param name="claims">The token it joined with.</param>
/// <param name="order">The place in the line: the issue time, but never before somebody who joined earlier.</param>
/// <param name="sequence">Tells apart those of one millisecond.</param>
/// <param name="activeUntil">End of the active time; null while waiting.</param>
public sealed class LineMember(TokenClaims claims, long order, long sequence, long? activeUntil)
{
    public TokenClaims Claims { get; } = claims;

    public long Order { get; } = order;

    public long Sequence { get; } = sequence;

    public long? ActiveUntil { get; } = activeUntil;

    /// <summary>When it last polled. Not written: after a restart everybody counts as just seen.</summary>
    public long LastSeen { get; set; }

    internal LineMember ActiveTo(long until) => new(Claims, Order, Sequence, until) { LastSeen = LastSeen };

    /// <summary>The order of the line.</summary>
    internal sealed class ByPlace : IComparer<LineMember>
    {
        public static readonly ByPlace Instance = new();

        public int Compare(LineMember? x, LineMember? y)
        {
            var byOrder = x!.Order.CompareTo(y!.Order);
            return byOrder != 0 ? byOrder : x.Sequence.CompareTo(y.Sequence);
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
