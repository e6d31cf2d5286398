namespace Concert.Api.Responses;

/// <summary>A failure as clients see it (RFC 9457); as a result of an endpoint it writes itself.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">One of the stable codes (<see cref="RefusalCode"/>), also where HTTP alone says why; the last part of <c>type</c>.</param>
/// <param name="Title">The same for every problem of this code and status.</param>
/// <param name="Detail">One sentence on this occurrence; never an exception's text.</param>
/// <param name="RetryAfter">When asking again makes sense.</param>
public sealed record Problem(int Status, string Code, string Title, string Detail, TimeSpan? RetryAfter = null) : IResult
{
    public const string TypePrefix = "urn:concert:problem:";

    public static Problem BodyTooLarge { get; } = BodyLargerThan(ApiLimits.BodyBytes);

    public static Problem NotJson { get; } =
        new(415, InvalidCode, "The media type is not supported.", "Send uncompressed application/json in UTF-8.");

    public static Problem UnknownRoute { get; } = new(404, InvalidCode, "Not found.", "No operation has this path. See /docs.");

    public static Problem WrongMethod { get; } =
        new(405, InvalidCode, "The method is not allowed.", "The path exists, but not with this method. See the Allow header.");

    public static Problem TargetTooLong { get; } =
        new(414, InvalidCode, "The URL is too long.", $"Path and query may have at most {ApiLimits.TargetLength} characters.") { EndsConnection = true };

    public static Problem HeadersTooLarge { get; } = new(
        431, InvalidCode, "The headers are too large.", $"At most {ApiLimits.HeaderCount} headers with {ApiLimits.HeadersLength} characters in all.") { EndsConnection = true };

    public static Problem Internal { get; } =
        new(500, RefusalCode.Unavailable.Name(), "Something went wrong on our side.", "The request could not be handled. The trace id names it in our logs.");

    public static Problem Full { get; } = From(new Refusal(RefusalCode.TooManyRequests, "Too many requests at the moment. Try again shortly."));

    private static string InvalidCode => RefusalCode.InvalidRequest.Name();

    /// <summary>The rest of the request cannot or will not be read, so that the connection is of no further use.</summary>
    public bool EndsConnection { get; private init; }

    /// <summary>Which credentials a 401 asks for, as in <c>WWW-Authenticate</c>.</summary>
    public string Challenge { get; init; } = "QueueToken realm=\"concert\"";

    /// <summary>When that happened which stands in the way.</summary>
    public DateTimeOffset? At { get; private init; }

    /// <summary>The result of the readiness check for each dependency.</summary>
    public IReadOnlyList<DependencyHealth>? Checks { get; init; }

    public static Problem BodyLargerThan(int limit) =>
        new(413, InvalidCode, "The body is too large.", $"A body of this operation may have at most {limit} bytes.") { EndsConnection = true };

    public static Problem Invalid(string detail) => From(Refusal.Invalid(detail));

    public static Problem From(Refusal refusal)
    {
        var (status, title) = Of(refusal.Code);
        // These always say when to come back, also when the domain did not.
        var waits = refusal.Code is RefusalCode.NotAdmitted or RefusalCode.TooManyRequests or RefusalCode.Unavailable;
        return new(status, refusal.Code.Name(), title, refusal.Detail, refusal.RetryAfter ?? (waits ? TimeSpan.FromSeconds(1) : null)) { At = refusal.At };
    }

    /// <summary>The code's own problem, for the contract document.</summary>
    public static Problem From(RefusalCode code) => From(new Refusal(code, Of(code).Title));

    /// <summary>A request that the server or the framework refused before an operation saw it.</summary>
    public static Problem OfStatus(int status) => status switch
    {
        404 => UnknownRoute,
        405 => WrongMethod,
        413 => BodyTooLarge,
        415 => NotJson,
        _ => new(status, InvalidCode, "The request is malformed.", "The request could not be read.") { EndsConnection = true },
    };

    public Task ExecuteAsync(HttpContext httpContext) => ProblemWriter.WriteAsync(httpContext, this);

    private static (int Status, string Title) Of(RefusalCode code) => code switch
    {
        RefusalCode.InvalidRequest => (400, "Invalid request."),
        RefusalCode.NoToken => (401, "Credentials required."),
        RefusalCode.BadToken => (401, "Invalid credentials."),
        RefusalCode.TokenExpired => (401, "The queue token is no longer valid."),
        RefusalCode.InsufficientBalance => (402, "Insufficient balance."),
        RefusalCode.NotAdmitted => (403, "It is not your turn yet."),
        RefusalCode.NotYours => (404, "Not found."),
        RefusalCode.AlreadyQueued => (409, "Already in the waiting room."),
        RefusalCode.SeatTaken => (409, "The seat is taken."),
        RefusalCode.SoldOut => (409, "Sold out."),
        RefusalCode.BookingClosed => (409, "Booking is not open."),
        RefusalCode.LimitReached => (409, "Limit reached."),
        RefusalCode.HoldExpired => (409, "The hold has ended."),
        RefusalCode.NotCancellable => (409, "This reservation cannot be cancelled."),
        RefusalCode.CancelWindowClosed => (409, "It is too late to cancel."),
        RefusalCode.AlreadyPaid => (409, "Already paid."),
        RefusalCode.AlreadyUsed => (409, "The ticket was used before."),
        RefusalCode.NotValid => (409, "It is not valid, or not any more."),
        RefusalCode.IdempotencyMismatch => (422, "Idempotency-Key already used for another request."),
        RefusalCode.TooManyRequests => (429, "Too many requests."),
        RefusalCode.Unavailable => (503, "The service is temporarily unavailable."),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
    };
}

/// <summary>The body of a failure: the members of RFC 9457 and ours. <see cref="Checks"/> only when readiness failed, <see cref="At"/> where a time says more.</summary>
public sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Detail,
    bool Success,
    string Message,
    string Code,
    string TraceId,
    IReadOnlyList<DependencyHealth>? Checks = null,
    DateTimeOffset? At = null)
{
    public static ProblemBody Of(Problem problem, string traceId) => new(
        Problem.TypePrefix + problem.Code, problem.Title, problem.Status, problem.Detail, Success: false, problem.Detail, problem.Code, traceId, problem.Checks, problem.At);
}
