using System.Net;
using System.Net.Http.Headers;

namespace Concert.Testing.Http;

/// <summary>How a client sends.</summary>
public sealed record ApiClientSettings
{
    /// <summary>Where the service is, without /api; asked before every attempt, for one that comes back elsewhere.</summary>
    public required Func<CancellationToken, Task<Uri>> Address { get; init; }

    /// <summary>Most connections open at once.</summary>
    public int Connections { get; init; } = 256;

    public RetryPolicy Retries { get; init; } = RetryPolicy.Default;

    /// <summary>For a request that does not wait for an outcome.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What requests and answers pass through on their way, such as a tamperer.</summary>
    public DelegatingHandler? Through { get; init; }

    /// <summary>Called with status and Retry-After of every answer, also of those that are asked for again.</summary>
    public Action<ApiRequest, int, TimeSpan?>? Answered { get; init; }
}

/// <summary>
/// Sends requests over a bounded set of kept-alive HTTP/1.1 connections and repeats what was not accepted or whose outcome is unknown.
/// Requests that wait for an outcome have connections of their own, so that they never stand in the way of the ones that are quick.
/// </summary>
public sealed class ApiClient : IDisposable
{
    private const long LargestAnswer = 32 * 1024 * 1024;

    private readonly ApiClientSettings _settings;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _quick;
    private readonly SemaphoreSlim _patient;
    private long _clockOffsetTicks;

    public ApiClient(ApiClientSettings settings)
    {
        var patient = Math.Max(1, settings.Connections / 2);
        _settings = settings;
        _time = settings.Time;
        _patient = new SemaphoreSlim(patient);
        _quick = new SemaphoreSlim(Math.Max(1, settings.Connections - patient));
        HttpMessageHandler handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = settings.Connections,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        };
        if (settings.Through is { } through)
        {
            through.InnerHandler = handler;
            handler = through;
        }

        _http = new HttpClient(handler)
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public TransportStats Stats { get; } = new();

    /// <summary>The service's clock as its answers' Date header tells, to about a second.</summary>
    public DateTimeOffset ServerNow => _time.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _clockOffsetTicks));

    /// <summary>A client of a service that stays where it is.</summary>
    public static ApiClient At(Uri url) => new(new ApiClientSettings { Address = _ => Task.FromResult(url) });

    /// <summary>Sends until there is an answer to believe.</summary>
    /// <exception cref="OperationCanceledException">The time was over first: the outcome is unknown.</exception>
    /// <exception cref="ApiException">No answer, and the policy does not ask again: the outcome is unknown.</exception>
    public async Task<ApiAnswer<T>> SendAsync<T>(ApiRequest request, CancellationToken cancellationToken, int mostAttempts = RetryPolicy.MostAttempts)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? retryAfter = null;
            try
            {
                var answer = await AttemptAsync<T>(request, cancellationToken);
                if (attempt >= mostAttempts || !_settings.Retries.ShouldRetry((HttpStatusCode)answer.Status, attempt))
                {
                    return answer;
                }

                retryAfter = answer.RetryAfter;
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException or TimeoutException)
            {
                Stats.Broke();
                if (attempt >= mostAttempts || !_settings.Retries.ShouldRetryLost(request, lost, attempt))
                {
                    throw new ApiException($"No answer to {request.Method} {request.Path}: {lost.Message}", inner: lost);
                }
            }

            await Task.Delay(_settings.Retries.Delay(attempt, retryAfter, Random.Shared.NextDouble()), _time, cancellationToken);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _quick.Dispose();
        _patient.Dispose();
    }

    private async Task<ApiAnswer<T>> AttemptAsync<T>(ApiRequest request, CancellationToken cancellationToken)
        where T : class
    {
        var lane = request.WaitSeconds is > 0 ? _patient : _quick;
        await lane.WaitAsync(cancellationToken);
        try
        {
            var url = await _settings.Address(cancellationToken);
            using var timeout = new CancellationTokenSource(_settings.Timeout + TimeSpan.FromSeconds(request.WaitSeconds ?? 0), _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                return await ExchangeAsync<T>(request, url, either.Token);
            }
            catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{request.Method} {request.Path} was not answered in time.", slow);
            }
        }
        finally
        {
            lane.Release();
        }
    }

    private async Task<ApiAnswer<T>> ExchangeAsync<T>(ApiRequest request, Uri url, CancellationToken cancellationToken)
        where T : class
    {
        using var message = request.ToMessage(url);
        Stats.Sent();
        var started = _time.GetTimestamp();
        var reply = await RawReply.ExchangeAsync(_http, message, cancellationToken);
        var latency = _time.GetElapsedTime(started);
        if (reply.Headers.Date is { } date)
        {
            Interlocked.Exchange(ref _clockOffsetTicks, (date - _time.GetUtcNow()).Ticks);
        }

        Stats.Answered(reply.Status);
        var read = new ApiAnswer<T>(reply.Status, null, null, Wish(reply.Headers.RetryAfter), latency);
        var answer = reply.Status is >= 200 and < 300 ? ApiJson.Success(read, reply.Body) : ApiJson.Failure(read, reply.Body);
        _settings.Answered?.Invoke(request, answer.Status, answer.RetryAfter);
        return answer;
    }

    private TimeSpan? Wish(RetryConditionHeaderValue? header) => header?.Delta ?? (header?.Date is { } date ? date - ServerNow : null);
}
