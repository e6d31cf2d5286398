using Concert.Booking.Calls;

namespace Concert.Simulation.Buyers;

public enum AnswerKind
{
    /// <summary>The service answered with a value.</summary>
    Ok,

    /// <summary>The service refused, and changed nothing.</summary>
    Refused,

    /// <summary>No answer, or one that says that the outcome is not known: it may have happened, or still happen.</summary>
    Unknown,
}

/// <summary>What a client got for a call.</summary>
public readonly record struct Answer<T>(AnswerKind Kind, T? Value = default, RefusalCode? Code = null)
{
    /// <summary>A call before this one got no answer: this one's refusal says nothing about what that one did.</summary>
    public bool IsRepeat { get; init; }

    public bool IsOk => Kind == AnswerKind.Ok;

    public override string ToString() => Kind switch
    {
        AnswerKind.Ok => "ok",
        AnswerKind.Refused => Code!.Value.Name(),
        _ => "unknown",
    };
}

/// <summary>Answers by what the service said.</summary>
public static class Answers
{
    public static Answer<T> Ok<T>(T value) => new(AnswerKind.Ok, value);

    /// <summary>What cannot be answered now may have happened all the same.</summary>
    public static Answer<T> Refused<T>(RefusalCode code) =>
        code is RefusalCode.Unavailable or RefusalCode.TooManyRequests ? new Answer<T>(AnswerKind.Unknown) : new Answer<T>(AnswerKind.Refused, default, code);
}
