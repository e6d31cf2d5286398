using System.Diagnostics;
using System.Net.Http.Headers;
using Concert.Bench.Accepts;
using Concert.Bench.Service;
using Spectre.Console;

namespace Concert.Bench.Lists;

/// <summary>The buyer list as CSV from the real host over HTTP, and the memory of the host before and while it is sent.</summary>
internal static class ListBench
{
    private const int SeatsPerSection = 200;
    private const double Megabyte = 1 << 20;

    public static async Task RunAsync(IAnsiConsole console, int reservations, int rounds)
    {
        using var scratch = new ScratchFolder();
        var folder = scratch.Sub("data");
        var schedule = await FillAsync(folder, reservations);
        await using var host = await OneProcessHost.StartAsync(folder);
        using var http = new HttpClient { BaseAddress = host.Url };
        http.DefaultRequestHeaders.Add("x-admin-key", Sale.AdminKey);
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        await ReadAsync(http, host, $"api/admin/schedule/{schedule}/reservations?status=CANCELLED");

        var lists = new List<Listed>();
        for (var round = 0; round < rounds; round++)
        {
            var listed = await ReadAsync(http, host, $"api/admin/schedule/{schedule}/reservations");
            lists.Add(listed.Rows == reservations ? listed : throw new InvalidOperationException($"The list has {listed.Rows:N0} rows."));
        }

        var table = new ResultTable($"A list of {reservations:N0} reservations, {lists[0].Bytes / Megabyte:N1} MB");
        table.Add("memory of the host before, MB", "", [.. lists.Select(l => l.Before / Megabyte)], "N1");
        table.Add("memory of the host, the most while it is sent, MB", "", [.. lists.Select(l => l.Most / Megabyte)], "N1");
        table.Add("ms", "", [.. lists.Select(l => l.Milliseconds)], "N0");
        table.Add("rows/s", "", [.. lists.Select(l => 1000 * l.Rows / l.Milliseconds)], "N0");
        table.WriteTo(console);
    }

    private static async Task<string> FillAsync(string folder, int reservations)
    {
        await using var venue = await Venue.OpenAsync(folder, (reservations / SeatsPerSection, SeatsPerSection), default);
        await Crowd.AskAsync(venue, reservations, seats: true);
        await venue.DrainAsync();
        return venue.Schedule.Id;
    }

    private static async Task<Listed> ReadAsync(HttpClient http, Server host, string path)
    {
        var watch = Stopwatch.StartNew();
        var before = host.Memory;
        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[256 * 1024];
        var (bytes, lines, most) = (0L, 0L, before);
        while (await body.ReadAsync(buffer) is > 0 and var read)
        {
            bytes += read;
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            most = Math.Max(most, host.Memory);
        }

        // The first line is the header.
        return new Listed(before, Math.Max(most, host.Memory), bytes, lines - 1, watch.Elapsed.TotalMilliseconds);
    }

    private readonly record struct Listed(long Before, long Most, long Bytes, long Rows, double Milliseconds);
}
