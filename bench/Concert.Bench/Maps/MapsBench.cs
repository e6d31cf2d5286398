using System.Net;
using System.Text;
using Concert.Bench.Accepts;
using Concert.Bench.Service;
using Concert.Testing.Http;
using Concert.Testing.Sales;
using Spectre.Console;

namespace Concert.Bench.Maps;

/// <summary>Seat maps at the real host beside a bare Kestrel that answers the same bytes, driven in turn by the same load.</summary>
internal static class MapsBench
{
    private const int RowsOfSection = 20;
    private const int Readers = 256;
    private static readonly string[] Codings = ["", "gzip", "br"];

    public static async Task RunAsync(IAnsiConsole console, HostChoice choice, int connections, int seconds, int rounds)
    {
        using var scratch = new ScratchFolder();
        await using var host = await OneProcessHost.StartAsync(scratch.Sub("data"), choice.Program, choice.Settings);
        using var client = ApiClient.At(host.Url);
        var api = new BookingApi(client, Sale.AdminKey);
        var maps = new List<SeatMap>();
        IReadOnlyList<string>? readers = null;
        foreach (var (name, sections, section) in ((string, int, string?)[])[("500 seats", 1, null), ("2,000 seats", 4, null), ("1,000 seats, a section of 60,000", 60, "7")])
        {
            var sale = await OpenAsync(api, sections, seats: sections == 60 ? 1_000 : 500);
            // One waiting room for all of them.
            readers ??= await Testing.Sales.Crowd.JoinAsync(api, sale.ConcertId, Readers, CancellationToken.None);
            var path = $"/api/concert/available-seats?concertScheduleId={sale.ScheduleId}&include=all{(section is null ? "" : "&section=" + section)}";
            maps.Add(await SeatMap.ReadAsync(host.Url, name, path, readers));
        }

        var folder = scratch.Sub("answers");
        Directory.CreateDirectory(folder);
        foreach (var map in maps)
        {
            await map.SaveAsync(folder);
        }

        await using var bare = await BareServer.StartAsync(folder);
        foreach (var map in maps)
        {
            await MeasureAsync(console, map, host, bare, connections, TimeSpan.FromSeconds(seconds), rounds);
        }
    }

    private static async Task MeasureAsync(IAnsiConsole console, SeatMap map, Server host, Server bare, int connections, TimeSpan time, int rounds)
    {
        var table = new ResultTable($"{map.Name}; {connections} connections, {rounds} rounds of {time.TotalSeconds} s");
        var whole = new List<Driven>();
        foreach (var coding in Codings)
        {
            var (ours, theirs) = (new List<Driven>(), new List<Driven>());
            for (var round = -1; round < rounds; round++)
            {
                var simple = await DriveAsync(bare, [map.BareRequest(bare.Url, coding)], connections, time, StatusCodes.Status200OK);
                var real = await DriveAsync(host, map.Requests(coding, etag: null), connections, time, StatusCodes.Status200OK);
                // The first round warms up.
                if (round >= 0)
                {
                    ours.Add(real);
                    theirs.Add(simple);
                }
            }

            var title = coding.Length > 0 ? coding : "as it is";
            table.Add($"{title}: bytes", "", [ours[0].Bytes], "N0");
            table.Add($"{title}: maps/s", "", [.. ours.Select(o => o.PerSecond)], "N0");
            table.Add($"{title}: over the bare endpoint", ">= 0.80", [.. ours.Zip(theirs, (o, t) => o.PerSecond / t.PerSecond)], "N2");
            table.Add($"{title}: processor us a map", "", [.. ours.Select(o => o.Microseconds)], "N0");
            table.Add($"{title}: processor us of the bare endpoint", "", [.. theirs.Select(t => t.Microseconds)], "N0");
            whole = coding.Length == 0 ? ours : whole;
        }

        var same = new List<Driven>();
        for (var round = -1; round < rounds; round++)
        {
            var driven = await DriveAsync(host, map.Requests("", map.ETag), connections, time, StatusCodes.Status304NotModified);
            if (round >= 0)
            {
                same.Add(driven);
            }
        }

        table.Add("304: answers/s", "", [.. same.Select(s => s.PerSecond)], "N0");
        table.Add("304: over the whole map", "> 1", [.. same.Zip(whole, (s, w) => s.PerSecond / w.PerSecond)], "N2");
        table.Add("304: processor us", "", [.. same.Select(s => s.Microseconds)], "N0");
        table.WriteTo(console);
    }

    private static async Task<Driven> DriveAsync(Server server, IReadOnlyList<byte[]> requests, int connections, TimeSpan time, int expected)
    {
        var before = server.Processor;
        var round = await LoadGenerator.RunAsync(server.Url, requests, connections, time, 0, expected);
        return round.Refused == 0
            ? new Driven(round.PerSecond, (server.Processor - before).TotalMicroseconds / round.Answers, round.BytesOfAnswer)
            : throw new InvalidOperationException($"{round.Refused} of {round.Answers} answers were not {expected}.");
    }

    private static Task<OpenSale> OpenAsync(BookingApi api, int sections, int seats)
    {
        var builder = new SaleBuilder().Grade("VIP", "VIP석", 154_000).Grade("R", "R석", 132_000);
        for (var number = 1; number <= sections; number++)
        {
            builder.Rows($"{number}", [.. Enumerable.Range(1, RowsOfSection).Select(row => new RowRequest($"{row}", 1, seats / RowsOfSection, Grade: row < 5 ? "VIP" : "R"))]);
        }

        return builder.OpenAsync(api, "Maps", Guid.NewGuid().ToString("N"), TimeProvider.System.GetUtcNow(), CancellationToken.None);
    }

    private readonly record struct Driven(double PerSecond, double Microseconds, double Bytes);

    /// <summary>A map on sale, whose answers do not change while they are measured.</summary>
    private sealed class SeatMap(Uri url, string name, string path, IReadOnlyList<string> tokens, IReadOnlyDictionary<string, byte[]> bodies, string etag)
    {
        private readonly string _file = Guid.NewGuid().ToString("N");

        public string Name => name;

        public string ETag => etag;

        public static async Task<SeatMap> ReadAsync(Uri url, string name, string path, IReadOnlyList<string> tokens)
        {
            using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = url };
            http.DefaultRequestHeaders.Add("queue-token", tokens[0]);
            var (bodies, etag) = (new Dictionary<string, byte[]>(StringComparer.Ordinal), "");
            foreach (var coding in Codings)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                if (coding.Length > 0)
                {
                    request.Headers.AcceptEncoding.ParseAdd(coding);
                }

                using var response = await http.SendAsync(request);
                response.EnsureSuccessStatusCode();
                bodies[coding] = response.Content.Headers.ContentEncoding.SequenceEqual(coding.Length > 0 ? [coding] : [])
                    ? await response.Content.ReadAsByteArrayAsync()
                    : throw new InvalidOperationException($"The answer is not {coding}.");
                etag = coding.Length == 0 ? response.Headers.ETag!.ToString() : etag;
            }

            return new SeatMap(url, name, path, tokens, bodies, etag);
        }

        /// <summary>Saves the host's answers, for the bare endpoint to answer the same.</summary>
        public async Task SaveAsync(string folder)
        {
            foreach (var (coding, body) in bodies)
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, FileOf(coding)), body);
            }
        }

        public IReadOnlyList<byte[]> Requests(string coding, string? etag) => [.. tokens.Select(token => Request(
            url, path, $"queue-token: {token}\r\n{(coding.Length > 0 ? $"Accept-Encoding: {coding}\r\n" : "")}{(etag is null ? "" : $"If-None-Match: {etag}\r\n")}"))];

        /// <summary>Of the same headers, which it does not read.</summary>
        public byte[] BareRequest(Uri bare, string coding) => Request(
            bare, "/" + FileOf(coding), $"queue-token: {tokens[0]}\r\n{(coding.Length > 0 ? $"Accept-Encoding: {coding}\r\n" : "")}");

        private string FileOf(string coding) => coding.Length > 0 ? $"{_file}.{coding}" : _file;

        private static byte[] Request(Uri url, string path, string headers) =>
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{url.Port}\r\n{headers}\r\n");
    }
}
