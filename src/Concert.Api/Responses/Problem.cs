using Concert.Booking.Shared;

namespace Concert.Api.Responses;

/// <summary>A failure as clients see it (RFC 9457), before it is written.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">One of the stable codes (<see cref="RefusalCode"/>), also where HTTP alone says why; the last part of <c>type</c>.</param>
/// <param name="Title">The same for every problem of this code and status.</param>
/// <param name="Detail">One sentence on this occurrence; never an exception's text.</param>
/// <param name="RetryAfter">When asking again makes sense.</param>
public sealed record Problem(int Status, string Code, string Title, string Detail, TimeSpan? RetryAfter = null)
{
    public static Problem BodyTooLarge { get; } =
        new(413, InvalidCode, "The body is too large.", $"A body may have at most {ApiLimits.BodyBytes} bytes.") { EndsConnection = true };

    public static Problem NotJson { get; } =
        new(415, InvalidCode, "The media type is not supported.", "Send application/json in UTF-8, not compressed.");

    public static Problem UnknownRoute { get; } = new(404, InvalidCode, "There is no such resource.", "No operation has this path. See /docs.");

    public static Problem WrongMethod { get; } =
        new(405, InvalidCode, "The method is not allowed.", "The path exists, but not with this method. See the Allow header.");

    public static Problem Internal { get; } =
        new(500, RefusalCode.Unavailable.Name(), "Something went wrong on our side.", "The request could not be handled. The trace id names it in our logs.");

    private static string InvalidCode => RefusalCode.InvalidRequest.Name();

    public static Problem Invalid(string detail) => From(Refusal.Invalid(detail));

    public static Problem From(Refusal refusal) => new(
        Problems.StatusOf(refusal.Code),
        refusal.Code.Name(),
        Problems.TitleOf(refusal.Code),
        refusal.Detail,
        refusal.RetryAfter ?? Problems.RetryAfterOf(refusal.Code));

    /// <summary>The rest of the request cannot or will not be read, so that the connection is of no further use.</summary>
    public bool EndsConnection { get; private init; }

    /// <summary>A malformed request that the server itself refused, such as one whose body never comes.</summary>
    public static Problem Bad(int status) => status == 413
        ? BodyTooLarge
        : new(status, InvalidCode, "The request is malformed.", "The request could not be read.") { EndsConnection = true };
}

/// <summary>The body of a failure.</summary>
public sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Detail,
    bool Success,
    string Message,
    string Code,
    string TraceId,
    IReadOnlyList<DependencyHealth>? Checks = null);
