using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Concert.Bench.Accepts;

/// <summary>An inventory on sale at the real host, and its buyers' requests, written out to the last byte before anything is measured.</summary>
internal sealed class Sale : IDisposable
{
    public const string AdminKey = "bench-admin-key-0123456789";

    private const int Users = 4096;
    private const int AtOnce = 64;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http;
    private readonly Uri _url;
    private string _inventory = "";
    private string _concert = "";
    private string _token = "";

    public Sale(Uri url)
    {
        _url = url;
        _http = new HttpClient { BaseAddress = url };
        _http.DefaultRequestHeaders.Add("x-admin-key", AdminKey);
    }

    public IReadOnlyList<byte[]> Requests { get; private set; } = [];

    public async Task OpenAsync()
    {
        _concert = (await PostAsync("api/admin/concert", new { name = "Bench" })).GetProperty("id").GetString()!;
        var now = TimeProvider.System.GetUtcNow();
        var schedule = await PostAsync("api/admin/schedule", new
        {
            concertId = _concert,
            openAt = now.AddDays(30),
            closeAt = now.AddDays(31),
            bookingStartAt = now.AddMinutes(-1),
            bookingEndAt = now.AddDays(29),
            inventories = new[] { new { name = "Standing", quantity = 1_000_000, price = 10_000 } },
        });
        _inventory = schedule.GetProperty("inventories")[0].GetProperty("id").GetString()!;
        var tokens = new List<string>();
        foreach (var some in Enumerable.Range(0, Users).Chunk(AtOnce))
        {
            tokens.AddRange(await Task.WhenAll(some.Select(async user =>
                (await PostAsync("api/queue/issue", new { userId = $"user-{user}", concertId = _concert })).GetProperty("token").GetString()!)));
        }

        _token = tokens[0];
        Requests = [.. tokens.Select(Request)];
    }

    /// <summary>The places that are held or sold when every command so far is decided.</summary>
    public async Task DrainAsync(long accepted)
    {
        while (await ReservedAsync() < accepted)
        {
            await Task.Delay(Poll);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<long> ReservedAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/concert/available-dates?concertId={_concert}");
        request.Headers.Add("queue-token", _token);
        using var response = await _http.SendAsync(request);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data")[0].GetProperty("reservedSeats").GetInt64();
    }

    private byte[] Request(string token)
    {
        var body = $$"""{"inventoryId":"{{_inventory}}","quantity":1}""";
        return Encoding.ASCII.GetBytes(
            $"POST /api/reservation HTTP/1.1\r\nHost: 127.0.0.1:{_url.Port}\r\nContent-Type: application/json\r\n" +
            $"queue-token: {token}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await _http.PostAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
    }
}
