using System.Net;
using Concert.Booking.Ports;
using Microsoft.Azure.Cosmos;

namespace Concert.Azure.Cosmos;

/// <summary>Translates a status of Cosmos DB, or the lack of one, into an outcome of the port.</summary>
internal static class CosmosFault
{
    /// <summary>Said when the store throttles without saying for how long.</summary>
    public static readonly TimeSpan DefaultWait = TimeSpan.FromMilliseconds(500);

    /// <summary>449: two writers met inside the store; a repeat is expected to work.</summary>
    public const HttpStatusCode RetryWith = (HttpStatusCode)449;

    /// <summary>A 404 with a sub-status is not about the document: its container is missing (1003), or this replica is behind the session (1002).</summary>
    public static bool IsAbsent(HttpStatusCode status, int subStatus) => status == HttpStatusCode.NotFound && subStatus == 0;

    public static Exception OfRead(HttpStatusCode status, int subStatus, TimeSpan? retryAfter, Exception? inner = null) =>
        IsMistake(status)
            ? new InvalidOperationException(Describe(status, subStatus), inner)
            : new StoreUnavailableException(
                Describe(status, subStatus), retryAfter ?? (status == HttpStatusCode.TooManyRequests ? DefaultWait : null), inner);

    /// <summary>A commit that failed as a whole. Throws when it never can succeed.</summary>
    public static CommitResult OfCommit(HttpStatusCode status, int subStatus, TimeSpan? retryAfter, string? message) => status switch
    {
        HttpStatusCode.TooManyRequests => new CommitResult.Throttled(retryAfter ?? DefaultWait),
        _ when IsMistake(status) => throw new InvalidOperationException($"{Describe(status, subStatus)} {message}"),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound =>
            new CommitResult.Unavailable(OutcomeUnknown: false, Describe(status, subStatus)),
        _ => new CommitResult.Unavailable(OutcomeUnknown: true, Describe(status, subStatus)),
    };

    /// <summary>A commit whose request or answer got lost.</summary>
    public static CommitResult OfCommit(HttpRequestException exception) =>
        new CommitResult.Unavailable(OutcomeUnknown: !NeverSent(exception), $"Cosmos DB could not be reached: {exception.HttpRequestError}.");

    public static CommitResult TimedOut(TimeSpan after) =>
        new CommitResult.Unavailable(OutcomeUnknown: true, $"Cosmos DB did not answer within {after.TotalSeconds:0.###} s.");

    public static int SubStatus(Headers headers) => int.TryParse(headers["x-ms-substatus"], out var subStatus) ? subStatus : 0;

    /// <summary>The request was refused for what it is: no repeat can change that.</summary>
    private static bool IsMistake(HttpStatusCode status) => status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge;

    private static bool NeverSent(HttpRequestException exception) => exception.HttpRequestError
        is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    private static string Describe(HttpStatusCode status, int subStatus) => status switch
    {
        HttpStatusCode.NotFound when subStatus == 1003 => "The database or a container is missing in Cosmos DB.",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"Cosmos DB refused the app's identity or key ({(int)status}/{subStatus}).",
        _ => $"Cosmos DB answered {(int)status}/{subStatus}.",
    };
}
