using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Concert.Resilience.Tests.Crashes.Host;

/// <summary>Asks one process and takes every answer as it is.</summary>
internal sealed class Plain(Uri url) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = url, Timeout = TimeSpan.FromSeconds(30) };

    public async Task<(HttpStatusCode Status, bool HasRetryAfter, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await _http.SendAsync(request);
        return (response.StatusCode, response.Headers.RetryAfter is not null, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Tops up by one won under a key of its own.</summary>
    public Task<(HttpStatusCode Status, bool HasRetryAfter, JsonElement Body)> ChargeAsync(string user, int number) =>
        SendAsync(HttpMethod.Post, "api/user/charge", new { userId = user, amount = 1 }, $"{user}-{number}");

    public async Task<long> BalanceAsync(string user)
    {
        var (status, _, body) = await SendAsync(HttpMethod.Get, $"api/user/check?userId={user}");
        status.ShouldBe(HttpStatusCode.OK);
        return body.GetProperty("data").GetProperty("balance").GetInt64();
    }

    public void Dispose() => _http.Dispose();
}
