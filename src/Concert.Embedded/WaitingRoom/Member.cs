using Concert.Booking.WaitingRoom;

namespace Concert.Embedded.WaitingRoom;

/// <summary>One member of a room. Times are Unix milliseconds.</summary>
internal sealed class Member(TokenClaims claims, long order, long sequence)
{
    public TokenClaims Claims { get; } = claims;

    /// <summary>The place in the line: the issue time, but never before somebody who joined earlier.</summary>
    public long Order { get; } = order;

    /// <summary>Tells apart those of one millisecond.</summary>
    public long Sequence { get; } = sequence;

    public long LastSeen { get; set; }

    /// <summary>End of the active time; null while waiting.</summary>
    public long? ActiveUntil { get; set; }

    /// <summary>The order of the line.</summary>
    public sealed class ByPlace : IComparer<Member>
    {
        public static readonly ByPlace Instance = new();

        public int Compare(Member? x, Member? y)
        {
            var byOrder = x!.Order.CompareTo(y!.Order);
            return byOrder != 0 ? byOrder : x.Sequence.CompareTo(y.Sequence);
        }
    }

    /// <summary>The order in which active members end.</summary>
    public sealed class ByEnd : IComparer<Member>
    {
        public static readonly ByEnd Instance = new();

        public int Compare(Member? x, Member? y)
        {
            var byEnd = x!.ActiveUntil!.Value.CompareTo(y!.ActiveUntil!.Value);
            return byEnd != 0 ? byEnd : ByPlace.Instance.Compare(x, y);
        }
    }
}
