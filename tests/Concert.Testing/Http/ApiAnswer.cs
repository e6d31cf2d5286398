using System.Net.Http.Json;

namespace Concert.Testing.Http;

/// <summary>One call to make. The same object is sent again on a retry, so the key stays the same.</summary>
public sealed record ApiRequest(HttpMethod Method, string Path)
{
    public string? Token { get; init; }

    public string? AdminKey { get; init; }

    public string? IdempotencyKey { get; init; }

    public object? Body { get; init; }

    /// <summary>Seconds the service may keep the answer back while there is no outcome.</summary>
    public int? WaitSeconds { get; init; }

    /// <summary>As it is sent to the service at <paramref name="url"/>.</summary>
    public HttpRequestMessage ToMessage(Uri url)
    {
        var message = new HttpRequestMessage(Method, $"{url.AbsoluteUri.TrimEnd('/')}/api/{Path}");
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
            [("queue-token", Token), ("x-admin-key", AdminKey), ("Idempotency-Key", IdempotencyKey), ("Prefer", WaitSeconds is { } wait ? $"wait={wait}" : null)])
        {
            if (value is not null)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        message.Content = Body is null ? null : JsonContent.Create(Body, Body.GetType(), options: ApiJson.Options);
        return message;
    }
}

/// <summary>The service's answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Data">Set when the call succeeded with a body.</param>
/// <param name="Code">The refusal's code, or <c>http-NNN</c> when there was none; null on success.</param>
/// <param name="RetryAfter">When the service asks to come back.</param>
/// <param name="Latency">Of the last attempt, without the wait for a free connection here.</param>
public sealed record ApiAnswer<T>(int Status, T? Data, string? Code, TimeSpan? RetryAfter, TimeSpan Latency)
    where T : class
{
    public bool Succeeded => Code is null;

    /// <summary>The data of a call that the caller cannot do without.</summary>
    public T Require(string what) =>
        Succeeded && Data is not null ? Data : throw new ApiException($"{what}: {Status} {Code ?? "without data"}.", Status);
}

/// <summary>The caller cannot go on: the service cannot be reached, gave no answer, or refuses what is needed.</summary>
public sealed class ApiException(string message, int status = 0, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The HTTP status; 0 when there was no answer.</summary>
    public int Status { get; } = status;
}
