using System.Text;
using Concert.Testing.Http;
using Concert.Testing.Sales;

namespace Concert.Bench.Accepts;

/// <summary>An inventory on sale at the real host, and its buyers' requests, written out to the last byte before anything is measured.</summary>
internal sealed class Sale : IDisposable
{
    public const string AdminKey = "bench-admin-key-0123456789";

    private const int Places = 1_000_000;
    private const long Price = 10_000;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly Uri _url;
    private readonly int _users;
    private readonly ApiClient _client;
    private readonly BookingApi _api;
    private OpenSale? _sale;
    private string _token = "";

    /// <param name="url">The host.</param>
    /// <param name="users">Who buy, one after the other, each with a token.</param>
    public Sale(Uri url, int users)
    {
        (_url, _users) = (url, users);
        _client = ApiClient.At(url);
        _api = new BookingApi(_client, AdminKey);
    }

    public IReadOnlyList<byte[]> Requests { get; private set; } = [];

    public async Task OpenAsync()
    {
        _sale = await new SaleBuilder().Standing("Standing", Places, Price)
            .OpenAsync(_api, "Bench", Guid.NewGuid().ToString("N"), TimeProvider.System.GetUtcNow(), CancellationToken.None);
        var tokens = await Testing.Sales.Crowd.JoinAsync(_api, _sale.ConcertId, _users, CancellationToken.None);
        _token = tokens[0];
        Requests = [.. tokens.Select(token => Request(_sale.Inventories[0], token))];
    }

    /// <summary>Returns when every command so far is decided: as many places are held or sold as were accepted.</summary>
    public async Task DrainAsync(long accepted)
    {
        while (await ReservedAsync() < accepted)
        {
            await Task.Delay(Poll);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<long> ReservedAsync() =>
        (await _api.DatesAsync(_token, _sale!.ConcertId, CancellationToken.None)).Require("Reading the dates")[0].ReservedSeats;

    private byte[] Request(string inventory, string token)
    {
        var body = $$"""{"inventoryId":"{{inventory}}","quantity":1}""";
        return Encoding.ASCII.GetBytes(
            $"POST /api/reservation HTTP/1.1\r\nHost: 127.0.0.1:{_url.Port}\r\nContent-Type: application/json\r\n" +
            $"queue-token: {token}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
