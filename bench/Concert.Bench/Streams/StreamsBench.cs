using System.Diagnostics;
using System.Text;
using Concert.Bench.Accepts;
using Concert.Bench.Idle;
using Concert.Bench.Service;
using Concert.Testing.Http;
using Concert.Testing.Sales;
using Spectre.Console;

namespace Concert.Bench.Streams;

/// <summary>Open streams of events at the real host: its memory, what they cost while nothing happens, and how soon a change has reached them all.</summary>
internal static class StreamsBench
{
    private const double Megabyte = 1 << 20;
    private const string Goal = "< 300";

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    /// <summary>Longer than the pace of events for so many.</summary>
    private static readonly TimeSpan BetweenChanges = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(IAnsiConsole console, HostChoice choice, int streams, int rounds)
    {
        using var scratch = new ScratchFolder();
        await using var host = await OneProcessHost.StartAsync(
            scratch.Sub("data"), choice.Program, [.. choice.Settings, $"Streams__MaxOpen={streams}", "Streams__Lifetime=01:00:00", "Api__MaxConcurrentRequests=8192"]);
        using var client = ApiClient.At(host.Url);
        var api = new BookingApi(client, Sale.AdminKey);
        var sale = await new SaleBuilder().Section("A", 2_000, 10_000)
            .OpenAsync(api, "Bench", Guid.NewGuid().ToString("N"), TimeProvider.System.GetUtcNow(), CancellationToken.None);
        var tokens = await Testing.Sales.Crowd.JoinAsync(api, sale.ConcertId, streams, CancellationToken.None);
        await Task.Delay(Settle);
        var before = MemoryMap.Of(host.ProcessId);

        var watch = Stopwatch.StartNew();
        using var listeners = await Listeners.OpenAsync(host.Url, [.. tokens.Select(token => Request(host.Url, sale.ScheduleId, token))]);
        await UntilAllAsync(listeners, streams);
        var opened = watch.Elapsed.TotalSeconds;
        var atOnce = host.Memory;
        await Task.Delay(Settle);
        var open = MemoryMap.Of(host.ProcessId);
        var spent = host.Processor;
        await Task.Delay(Quiet);
        var share = (host.Processor - spent) / Quiet;

        var (first, median, last, most) = (new List<double>(), new List<double>(), new List<double>(), open.Total);
        for (var round = 0; round < rounds; round++)
        {
            await Task.Delay(BetweenChanges);
            listeners.Forget();
            var then = Stopwatch.GetTimestamp();
            (await api.ReserveAsync(tokens[round], [sale.Seats[round]], null, CancellationToken.None)).Require("A hold");
            await UntilAllAsync(listeners, streams);
            var told = listeners.Since(then);
            first.Add(told[0]);
            median.Add(told[told.Length / 2]);
            last.Add(told[^1]);
            most = Math.Max(most, host.Memory);
        }

        if (listeners.Lost > 0)
        {
            throw new InvalidOperationException($"{listeners.Lost:N0} streams ended.");
        }

        var memory = new ResultTable($"MB of the whole process; {streams:N0} active tokens, each with a stream of its place and of a map");
        memory.Add("with the tokens and no stream", "", [before.Total / Megabyte], "N1");
        memory.Add("with the streams", Goal, [open.Total / Megabyte], "N1");
        memory.Add("  the collector's heap", "", [open.Heap / Megabyte], "N1");
        memory.Add("  native memory: runtime, SQLite, buffers", "", [open.Native / Megabyte], "N1");
        memory.Add("right after they were opened", "", [atOnce / Megabyte], "N1");
        memory.Add("the most while changes were told", Goal, [most / Megabyte], "N1");
        memory.Add("KB a stream", "", [(open.Total - before.Total) / 1024.0 / streams], "N1");
        memory.WriteTo(console);

        var times = new ResultTable($"ms from a hold's request until {streams:N0} streams were told; {rounds} holds");
        times.Add("the first", "", first, "N0");
        times.Add("half of them", "", median, "N0");
        times.Add("all", "", last, "N0");
        times.Add("seconds to open all", "", [opened], "N1");
        times.Add("cores used while nothing happens", "", [share], "N2");
        times.WriteTo(console);
    }

    private static async Task UntilAllAsync(Listeners listeners, int streams)
    {
        var start = Stopwatch.GetTimestamp();
        while (listeners.Count < streams)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"{listeners.Count:N0} of {streams:N0} streams were told.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    /// <summary>With the headers that a browser sends along: the server keeps them for as long as the request is open.</summary>
    private static byte[] Request(Uri url, string schedule, string token) => Encoding.ASCII.GetBytes(
        $"GET /api/concert/events?concertScheduleId={schedule} HTTP/1.1\r\nHost: 127.0.0.1:{url.Port}\r\nConnection: keep-alive\r\nsec-ch-ua-platform: \"Linux\"\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\nAccept: text/event-stream\r\n"
        + "sec-ch-ua: \"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\"\r\nsec-ch-ua-mobile: ?0\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
        + $"Cache-Control: no-cache\r\nPragma: no-cache\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: ko-KR,ko;q=0.9,en;q=0.8\r\nqueue-token: {token}\r\n\r\n");
}
