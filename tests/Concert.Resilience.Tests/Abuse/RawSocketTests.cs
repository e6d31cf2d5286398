using System.Collections.Concurrent;
using Concert.Resilience.Tests.Abuse.Generation;
using Concert.Resilience.Tests.Abuse.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Concert.Resilience.Tests.Abuse;

/// <summary>Bytes that are no request, or not the request they seem to be. The server's own timeouts end what never ends.</summary>
public sealed class RawSocketTests(ITestOutputHelper output)
{
    private const int Senders = 48;
    private const int MostFailures = 10;

    private static readonly Request Unknown = Request.Of("GET", "/");

    [Fact]
    public async Task Send_BytesThatHttpForbids_EachConnectionEndsAndNothingMoves() => await RunAsync(_ =>
        [.. RawShapes.All().Select(shape => (Func<int, Task<string?>>)(port => TryAsync(port, shape.Name, shape.Bytes, halfCloses: false, shape.MostAnswers, shape.IsRefused)))]);

    [Fact]
    public async Task Send_RequestsWithBrokenBytes_EachConnectionEndsAndNothingMoves() => await RunAsync(world =>
    {
        var mutations = new RawMutations(world);
        return
        [
            .. AbuseSettings.Cases(AbuseSettings.Requests / 4).Select(number => (Func<int, Task<string?>>)(port =>
            {
                var (bytes, halfCloses) = mutations.Make(number);
                // A copied piece can be a request of its own; none of them can be one that succeeds.
                return TryAsync(port, AbuseSettings.Replay(number), bytes, halfCloses, mostAnswers: 4, isRefused: false);
            })),
        ];
    });

    [Fact]
    public async Task Send_Http2PrefaceInPlainText_IsToldToUseHttp1AndEnded()
    {
        const byte goAway = 7;
        await using var host = await StartAsync();
        await using var connection = await Connection.OpenAsync(host.Port);
        byte[] settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        await connection.SendAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. settings]);

        var said = await connection.DrainAsync();

        // One frame at most, and no answer of HTTP/1.
        (said.Length == 0 || said[3] == goAway).ShouldBeTrue(Request.Shown(said));
        (await host.SendAsync("GET", "/health/live")).ShouldBe(200);
        host.Errors.Errors.ShouldBeEmpty();
    }

    private async Task RunAsync(Func<World, IReadOnlyList<Func<int, Task<string?>>>> tries)
    {
        await using var host = await StartAsync();
        var world = await World.CreateAsync(host);
        var victims = await world.VictimsAsync();
        var playground = await PlaygroundAsync(world);
        var failures = new ConcurrentQueue<string>();
        var all = tries(world);
        var before = await Memory.LiveAsync();

        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
        {
            while (failures.Count < MostFailures && Interlocked.Increment(ref next) is var at && at < all.Count)
            {
                if (await all[at](host.Port) is { } wrong)
                {
                    failures.Enqueue(wrong);
                }
            }
        })));

        var grown = await Memory.LiveAsync() - before;
        output.WriteLine($"{all.Count} connections of seed {AbuseSettings.Seed}, {grown / 1024} KB grown");
        failures.ShouldBeEmpty(string.Join("\n\n", failures.Take(MostFailures)));
        host.Errors.Errors.ShouldBeEmpty();
        (await world.VictimsAsync()).ShouldBe(victims);
        (await PlaygroundAsync(world)).ShouldBe(playground);
        grown.ShouldBeLessThan(16 << 20);
        await World.ShouldStillSellAsync(host);
    }

    private static async Task<string?> TryAsync(int port, string name, byte[] bytes, bool halfCloses, int mostAnswers, bool isRefused)
    {
        var answers = new List<Answer>();
        try
        {
            await using var connection = await Connection.OpenAsync(port);
            await connection.SendAsync(bytes);
            if (halfCloses)
            {
                connection.EndSending();
            }

            while (await connection.ReadAsync() is { } answer)
            {
                answers.Add(answer);
            }
        }
        catch (Exception fault) when (fault is TimeoutException or IOException or InvalidDataException)
        {
            return Describe(fault.Message);
        }

        var wrong = answers.Select(answer => Judge.Wrong(Unknown, answer)).FirstOrDefault(w => w is not null)
            ?? (answers.Count > mostAnswers ? "more answers than requests" : null)
            ?? (isRefused && answers.Any(a => a.Status < 400) ? "a success" : null);
        return wrong is null ? null : Describe(wrong);

        string Describe(string what) => $"{name}: {what}\n{Request.Shown(bytes)}\n{string.Join('\n', answers)}";
    }

    private static Task<AbuseHost> StartAsync() => AbuseHost.StartAsync(
        builder => builder.Services.PostConfigure<KestrelServerOptions>(kestrel => kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1)),
        "--WaitingRoom:MaxActive=13");

    /// <summary>Everything of the playground's, and what all wallets were charged.</summary>
    private static async Task<string> PlaygroundAsync(World world) =>
        (await world.Host.AdminAsync("GET", $"/api/admin/schedule/{world.Playground.Schedule}/report")).ShouldBe(200).Text;
}
