using System.Collections.Concurrent;
using System.Net;
using Concert.Resilience.Tests.Crashes.Host;

namespace Concert.Resilience.Tests.Crashes.Load;

/// <summary>
/// Calls the service through its crashes. A call that may be repeated (it reads, or has an Idempotency-Key) is repeated until it is answered;
/// another one may end without an answer.
/// </summary>
internal sealed class CrashClient : IDisposable
{
    public const string AdminKey = "crash-tests-admin-key";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ApiClient _client;
    private readonly Retries _retries = new();
    private long _answered;

    public CrashClient(CrashingService service)
    {
        _client = new ApiClient(new ApiClientSettings
        {
            Address = token => service.UrlAsync().WaitAsync(token),
            Retries = _retries,
            Timeout = TimeSpan.FromSeconds(20),
            Connections = 512,
            Answered = Note,
        });
        Api = new BookingApi(_client, AdminKey);
    }

    public BookingApi Api { get; }

    /// <summary>Answers so far.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Calls that got no answer and were asked again under their key.</summary>
    public int Repeated => Volatile.Read(ref _retries.Repeated);

    /// <summary>Answers there should not be, such as a 500.</summary>
    public ConcurrentQueue<string> Strange { get; } = new();

    /// <summary>Null when there was no answer and the call may not be repeated: nobody knows what it did.</summary>
    public async Task<ApiAnswer<T>?> AskAsync<T>(Func<BookingApi, CancellationToken, Task<ApiAnswer<T>>> call)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await call(Api, patience.Token);
        }
        catch (ApiException lost) when (lost.Status == 0)
        {
            return null;
        }
    }

    /// <summary>The data of a call that reads, or has a key.</summary>
    public async Task<T> ReadAsync<T>(string what, Func<BookingApi, CancellationToken, Task<ApiAnswer<T>>> call)
        where T : class => (await AskAsync(call))!.Require(what);

    public void Dispose() => _client.Dispose();

    private void Note(ApiRequest request, int status, TimeSpan? retryAfter)
    {
        var isAsked = status is (int)HttpStatusCode.ServiceUnavailable or (int)HttpStatusCode.TooManyRequests;
        if (isAsked ? retryAfter is null : status >= 500)
        {
            Strange.Enqueue($"{request.Method} {request.Path}: {status}{(isAsked ? " without Retry-After" : "")}");
        }

        if (!isAsked)
        {
            Interlocked.Increment(ref _answered);
        }
    }

    private sealed class Retries : RetryPolicy
    {
        public int Repeated;

        public override bool ShouldRetry(HttpStatusCode status, int attempt) => status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests;

        public override bool ShouldRetryLost(ApiRequest request, Exception lost, int attempt)
        {
            // Refused means that nobody heard it: the service was down already.
            var repeats = request.IdempotencyKey is not null || request.Method != HttpMethod.Post || lost is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };
            if (repeats)
            {
                Interlocked.Increment(ref Repeated);
            }

            return repeats;
        }

        public override TimeSpan Delay(int attempt, TimeSpan? retryAfter, double chance) => TimeSpan.FromMilliseconds(20);
    }
}
