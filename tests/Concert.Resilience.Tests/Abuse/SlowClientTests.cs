using System.Text;
using Concert.Resilience.Tests.Abuse.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Concert.Resilience.Tests.Abuse;

/// <summary>Clients that take their time: the server's limits end them, and nobody else waits for them.</summary>
public sealed class SlowClientTests
{
    private const int Many = 200;

    private static readonly TimeSpan Drip = TimeSpan.FromMilliseconds(150);
    private static readonly Request Unknown = Request.Of("GET", "/");

    [Theory]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ")]
    [InlineData("GET /health/li")]
    [InlineData("POST /api/user/charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{\"userId\":\"")]
    [InlineData("POST /api/user/charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nea60\r\n{\"userId\":\"")]
    public async Task Drip_ManyRequestsThatNeverEnd_AreEndedWhileOthersAreServed(string start)
    {
        await using var host = await StartAsync();
        using var stop = new CancellationTokenSource();
        var slow = Enumerable.Range(0, Many).Select(_ => DripAsync(host.Port, start, stop.Token)).ToArray();

        for (var i = 0; i < 20; i++)
        {
            (await host.SendAsync("GET", "/api/concert")).ShouldBe(200);
            (await host.SendAsync("POST", "/api/user/charge", new { userId = "quick", amount = 1 })).ShouldBe(200);
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        // Each ended by the server while its client still dripped, with a refusal or without a word.
        var answers = (await Task.WhenAll(slow)).OfType<Answer>().ToArray();
        answers.ShouldAllBe(a => a.Status == 408 || a.Status == 400);
        answers.Select(a => Judge.Wrong(Unknown, a)).ShouldAllBe(wrong => wrong == null);
        host.Errors.Errors.ShouldBeEmpty();
        (await host.SendAsync("GET", "/api/user/check?userId=quick")).Data["balance"]!.GetValue<long>().ShouldBe(20);
        await World.ShouldStillSellAsync(host);
    }

    [Fact]
    public async Task Pipeline_ThousandsWithoutReadingAnAnswer_IsEndedAndKeepsNoMemory()
    {
        await using var host = await StartAsync();
        (await host.SendAsync("GET", "/openapi/v1.json")).ShouldBe(200);
        var asks = Enumerable.Repeat("GET /openapi/v1.json HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), 300_000).SelectMany(ask => ask).ToArray();
        var before = await Memory.LiveAsync();
        var connections = new List<Connection>();
        try
        {
            for (var i = 0; i < 8; i++)
            {
                connections.Add(await Connection.OpenAsync(host.Port));
            }

            // Sending ends early when the server does not read on or has closed; both are its right.
            var sent = await Task.WhenAll(connections.Select(connection => connection.SendAsync(asks, TimeSpan.FromSeconds(8))));
            var during = await Memory.LiveAsync();

            sent.ShouldAllBe(all => !all);
            (during - before).ShouldBeLessThan(16 << 20);
            (await host.SendAsync("GET", "/api/concert")).ShouldBe(200);
        }
        finally
        {
            foreach (var connection in connections)
            {
                await connection.DisposeAsync();
            }
        }

        host.Errors.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Leave_RightAfterAsking_EveryRequestIsCountedOut()
    {
        await using var host = await AbuseHost.StartAsync("--Api:MaxConcurrentRequests=20", "--Api:MaxWaitingRequests=5");
        var venue = await Venue.OpenAsync(host, "Left", price: 10);
        var person = await Person.JoinAsync(host, venue, "gone");
        var ask = Request.Of("POST", "/api/reservation", new { seatId = venue.Seat(7) }, ("queue-token", person.Token), ("Prefer", "wait=10")).ToBytes();

        // More than may run or wait at once, each left alone: one that is not counted out would be missing for ever.
        for (var i = 0; i < 100; i++)
        {
            await using var connection = await Connection.OpenAsync(host.Port);
            await connection.SendAsync(i % 2 == 0 ? ask : ask.AsMemory(0, ask.Length - 3));
        }

        await AbuseHost.UntilAsync(() => person.SendAsync("GET", "/api/reservation"), answer => answer.Status == 200);
        var waited = await person.SendAsync("POST", "/api/reservation", new { seatId = venue.Seat(9) }, ("Prefer", "wait=10"));
        waited.ShouldBe(202).Data["status"]!.GetValue<string>().ShouldBe("HELD");
        host.Errors.Errors.ShouldBeEmpty();
    }

    private static async Task<Answer?> DripAsync(int port, string start, CancellationToken stop)
    {
        await using var connection = await Connection.OpenAsync(port);
        var answer = connection.ReadAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes(start));
        while (!answer.IsCompleted && await connection.SendAsync("a"u8.ToArray()))
        {
            await Task.WhenAny(answer, Task.Delay(Drip, stop));
        }

        return await answer;
    }

    private static Task<AbuseHost> StartAsync() => AbuseHost.StartAsync(builder => builder.Services.PostConfigure<KestrelServerOptions>(kestrel =>
    {
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1);
        kestrel.Limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(1.5));
    }));
}
