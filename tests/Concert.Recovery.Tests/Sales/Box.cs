using System.Text.Json;
using Concert.Recovery.Tests.Load;

namespace Concert.Recovery.Tests.Sales;

/// <summary>A schedule on sale.</summary>
internal sealed record Schedule(string Id, string ConcertId, int Places, IReadOnlyList<IReadOnlyList<string>> Sections, IReadOnlyList<string> Inventories);

/// <summary>Puts concerts on sale as the promoter does.</summary>
internal sealed class Box(Client client)
{
    public const long Price = 10_000;

    /// <param name="sections">Seats of each section.</param>
    /// <param name="inventories">Places of each inventory.</param>
    public async Task<Schedule> OpenAsync(int[] sections, int[] inventories)
    {
        var concert = await client.SendAsync(HttpMethod.Post, "api/admin/concert", new { name = "Recovery" }, key: NewKey(), admin: true);
        var now = DateTimeOffset.UtcNow;
        var answer = await client.SendAsync(
            HttpMethod.Post,
            "api/admin/schedule",
            new
            {
                concertId = concert!.Text("id"),
                openAt = now.AddDays(30),
                closeAt = now.AddDays(30).AddHours(3),
                bookingStartAt = now.AddMinutes(-1),
                bookingEndAt = now.AddDays(29),
                sections = sections.Select((seats, i) => new { name = $"S{i}", seats = new { from = 1, to = seats, price = Price } }),
                inventories = inventories.Select((places, i) => new { name = $"G{i}", quantity = places, price = Price }),
            },
            key: NewKey(),
            admin: true);
        answer!.Status.ShouldBe(201, answer.Code);
        return new Schedule(
            answer.Text("id"),
            concert.Text("id"),
            sections.Sum() + inventories.Sum(),
            [.. answer.Data.GetProperty("sections").EnumerateArray().Select(section => section.GetProperty("seatIds").Deserialize<string[]>()!)],
            [.. answer.Data.GetProperty("inventories").EnumerateArray().Select(inventory => inventory.GetProperty("id").GetString()!)]);
    }

    private static string NewKey() => Guid.NewGuid().ToString("N");
}
