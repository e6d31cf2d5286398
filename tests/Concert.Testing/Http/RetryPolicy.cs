using System.Net;

namespace Concert.Testing.Http;

/// <summary>When to ask again, and how long to wait before. Retries are bounded here and by the caller's end.</summary>
public class RetryPolicy
{
    public const int MostAttempts = 300;

    private const int MostServerErrors = 8;
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestObeyed = TimeSpan.FromSeconds(45);

    /// <summary>For a crowd that sends every request under a key of its own.</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>
    /// Not accepted yet (429, 503) or unknown (gateway errors): the same request again. A 500 may be a fault that repeats for ever, so it is
    /// believed after some attempts.
    /// </summary>
    /// <param name="status">What was answered.</param>
    /// <param name="attempt">From 1.</param>
    public virtual bool ShouldRetry(HttpStatusCode status, int attempt) => status switch
    {
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => attempt < MostAttempts,
        HttpStatusCode.RequestTimeout or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => attempt < MostAttempts,
        HttpStatusCode.InternalServerError => attempt < MostServerErrors,
        _ => false,
    };

    /// <summary>Nobody answered.</summary>
    public virtual bool ShouldRetryLost(ApiRequest request, Exception lost, int attempt) => attempt < MostAttempts;

    /// <summary>
    /// The service's own wish when it has one, spread a little so that a crowd does not come back as one; otherwise exponential with jitter.
    /// A wish is obeyed up to 45 s: a waiting token that is silent for a minute loses its place.
    /// </summary>
    /// <param name="attempt">From 1.</param>
    /// <param name="retryAfter">The service's wish.</param>
    /// <param name="chance">0 to 1.</param>
    public virtual TimeSpan Delay(int attempt, TimeSpan? retryAfter, double chance)
    {
        if (retryAfter is { } wish && wish >= TimeSpan.Zero)
        {
            return (wish < LongestObeyed ? wish : LongestObeyed) + TimeSpan.FromMilliseconds(20 + (180 * chance));
        }

        var backoff = TimeSpan.FromMilliseconds(50 * Math.Pow(2, Math.Min(attempt, 10)));
        return (backoff < LongestBackoff ? backoff : LongestBackoff) * (0.5 + (chance / 2));
    }
}
