namespace Concert.Booking.WaitingRoom;

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

    /// <summary>An ended token that its issue time alone would put back is remembered until then (Unix milliseconds), or forgotten (null after).</summary>
    public sealed record Ended(Guid TokenId, long? Before, long? After) : LineChange
    {
        internal override LineChange Inverse => new Ended(TokenId, After, Before);
    }

    /// <summary>What is kept of the line itself.</summary>
    public sealed record Record(LineRecord Before, LineRecord After) : LineChange
    {
        internal override LineChange Inverse => new Record(After, Before);
    }
}

/// <summary>What is kept of a line besides its members. Times are Unix milliseconds.</summary>
/// <param name="Began">Tokens issued before this and not known are from before the line lost its memory; null while there was no member yet.</param>
/// <param name="Admissions">When how many were admitted, oldest first, as far back as the interval looks.</param>
public sealed record LineRecord(long? Began, IReadOnlyList<LineAdmissions> Admissions)
{
    public static LineRecord Empty { get; } = new(null, []);
}

/// <summary>So many were admitted at this time (Unix milliseconds).</summary>
public readonly record struct LineAdmissions(long At, int Count);

/// <summary>What a call on a <see cref="WaitingLine"/> answers, once its changes are written. Without changes there is nothing to write.</summary>
public sealed record LineStep<T>(T Result, IReadOnlyList<LineChange> Changes);
