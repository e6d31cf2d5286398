using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Concert.Rush.Api;

/// <summary>
/// Sends requests over a bounded set of kept-alive HTTP/1.1 connections and repeats what was not accepted or whose outcome is unknown.
/// Requests that wait for an outcome have connections of their own, so that they never stand in the way of the ones that are quick.
/// </summary>
public sealed class ApiClient : IDisposable
{
    private const long LargestAnswer = 32 * 1024 * 1024;
    private static readonly TimeSpan QuickTimeout = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _quick;
    private readonly SemaphoreSlim _patient;
    private long _clockOffsetTicks;

    public ApiClient(Uri url, int connections, TimeProvider time)
    {
        var patient = Math.Max(1, connections / 2);
        _time = time;
        _patient = new SemaphoreSlim(patient);
        _quick = new SemaphoreSlim(Math.Max(1, connections - patient));
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(url.AbsoluteUri.TrimEnd('/') + "/api/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public TransportStats Stats { get; } = new();

    /// <summary>The service's clock as its answers' Date header tells, to about a second.</summary>
    public DateTimeOffset ServerNow => _time.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _clockOffsetTicks));

    /// <summary>Sends until there is an answer to believe.</summary>
    /// <exception cref="OperationCanceledException">The time was over first: the outcome is unknown.</exception>
    /// <exception cref="ApiException">Unreachable for <see cref="RetryPolicy.MostAttempts"/> attempts.</exception>
    public async Task<ApiAnswer<T>> SendAsync<T>(ApiRequest request, CancellationToken cancellationToken, int mostAttempts = RetryPolicy.MostAttempts)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? retryAfter = null;
            try
            {
                var answer = await AttemptAsync<T>(request, cancellationToken);
                if (attempt >= mostAttempts || !RetryPolicy.ShouldRetry((HttpStatusCode)answer.Status, attempt))
                {
                    return answer;
                }

                retryAfter = answer.RetryAfter;
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException or TimeoutException)
            {
                Stats.Broke();
                if (attempt >= mostAttempts)
                {
                    throw new ApiException($"No answer from {_http.BaseAddress}: {broken.Message}", inner: broken);
                }
            }

            await Task.Delay(RetryPolicy.Delay(attempt, retryAfter, Random.Shared.NextDouble()), _time, cancellationToken);
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
            using var timeout = new CancellationTokenSource(QuickTimeout + TimeSpan.FromSeconds(request.WaitSeconds ?? 0), _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                return await ExchangeAsync<T>(request, either.Token);
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

    private async Task<ApiAnswer<T>> ExchangeAsync<T>(ApiRequest request, CancellationToken cancellationToken)
        where T : class
    {
        using var message = Compose(request);
        Stats.Sent();
        var started = _time.GetTimestamp();
        using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseContentRead, cancellationToken);
        var latency = _time.GetElapsedTime(started);
        Stats.Answered((int)response.StatusCode);
        if (response.Headers.Date is { } date)
        {
            Interlocked.Exchange(ref _clockOffsetTicks, (date - _time.GetUtcNow()).Ticks);
        }

        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var retryAfter = Wish(response.Headers.RetryAfter);
        return response.IsSuccessStatusCode
            ? Success<T>((int)response.StatusCode, body, retryAfter, latency)
            : new ApiAnswer<T>((int)response.StatusCode, null, Code(body) ?? $"http-{(int)response.StatusCode}", retryAfter, latency);
    }

    private static HttpRequestMessage Compose(ApiRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Path);
        Add(message.Headers, "queue-token", request.Token);
        Add(message.Headers, "x-admin-key", request.AdminKey);
        Add(message.Headers, "Idempotency-Key", request.IdempotencyKey);
        Add(message.Headers, "Prefer", request.WaitSeconds is { } wait ? $"wait={wait}" : null);
        if (request.Body is not null)
        {
            message.Content = JsonContent.Create(request.Body, request.Body.GetType(), options: Json);
        }

        return message;
    }

    private static void Add(HttpRequestHeaders headers, string name, string? value)
    {
        if (value is not null)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }

    private TimeSpan? Wish(RetryConditionHeaderValue? header) => header?.Delta ?? (header?.Date is { } date ? date - ServerNow : null);

    private static ApiAnswer<T> Success<T>(int status, byte[] body, TimeSpan? retryAfter, TimeSpan latency)
        where T : class
    {
        if (body.Length == 0)
        {
            return new ApiAnswer<T>(status, null, null, retryAfter, latency);
        }

        try
        {
            return new ApiAnswer<T>(status, JsonSerializer.Deserialize<Envelope<T>>(body, Json)?.Data, null, retryAfter, latency);
        }
        catch (JsonException)
        {
            return new ApiAnswer<T>(status, null, "unreadable-answer", retryAfter, latency);
        }
    }

    private static string? Code(byte[] body)
    {
        try
        {
            return body.Length == 0 ? null : JsonSerializer.Deserialize<Problem>(body, Json)?.Code;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Envelope<T>(T? Data);

    private sealed record Problem(string? Code);
}
