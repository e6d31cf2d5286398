using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Concert.Recovery.Tests.Host;

namespace Concert.Recovery.Tests.Load;

/// <summary>
/// Calls the service through its crashes. A call that may be repeated (it reads, or has an Idempotency-Key) is repeated until it is answered;
/// another one may end without an answer.
/// </summary>
internal sealed class Client(CrashingService service) : IDisposable
{
    public const string AdminKey = "recovery-tests-admin-key";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(20) };
    private long _answered;

    /// <summary>Answers so far.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Calls that got no answer and were asked again under their key.</summary>
    public int Repeated;

    /// <summary>Answers there should not be, such as a 500.</summary>
    public ConcurrentQueue<string> Strange { get; } = new();

    /// <summary>Null when there was no answer and the call may not be repeated: nobody knows what it did.</summary>
    public async Task<Answer?> SendAsync(HttpMethod method, string path, object? body = null, string? token = null, string? key = null, bool admin = false)
    {
        var repeatable = key is not null || method != HttpMethod.Post;
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var url = await service.UrlAsync().WaitAsync(patience.Token);
            using var request = NewRequest(method, new Uri(url, path), body, token, key, admin);
            try
            {
                using var response = await _http.SendAsync(request, patience.Token);
                if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests))
                {
                    return await ReadAsync(request, response, patience.Token);
                }

                if (response.Headers.RetryAfter is null)
                {
                    Strange.Enqueue($"{method} {path}: {response.StatusCode} without Retry-After");
                }
            }
            catch (Exception lost) when (IsLost(lost) && !patience.IsCancellationRequested)
            {
                // Refused means that nobody heard it: the service was down already.
                if (!repeatable && !(lost is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }))
                {
                    return null;
                }

                Interlocked.Increment(ref Repeated);
            }

            await Task.Delay(Pause, patience.Token);
        }
    }

    public Task<Answer> GetAsync(string path, string? token = null, bool admin = false) => SendAsync(HttpMethod.Get, path, token: token, admin: admin)!;

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage NewRequest(HttpMethod method, Uri url, object? body, string? token, string? key, bool admin)
    {
        var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("queue-token", token), ("Idempotency-Key", key), ("x-admin-key", admin ? AdminKey : null)])
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }

        return request;
    }

    private async Task<Answer> ReadAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (status >= 500)
        {
            Strange.Enqueue($"{request.Method} {request.RequestUri!.PathAndQuery}: {status} {text}");
        }

        Interlocked.Increment(ref _answered);
        var json = text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
        return status is >= 200 and < 300
            ? new Answer(status, json.ValueKind == JsonValueKind.Object ? json.GetProperty("data") : default, null)
            : new Answer(status, default, json.GetProperty("code").GetString());
    }

    // A body that was cut off by the kill is a lost answer, too.
    private static bool IsLost(Exception fault) => fault is HttpRequestException or IOException or TaskCanceledException or JsonException;
}
