using System.Net;
using Concert.Bench.Accepts;
using Concert.Bench.Service;
using Concert.Testing.Http;
using Concert.Testing.Sales;
using Spectre.Console;

namespace Concert.Bench.House;

/// <summary>Large houses at the real host: to create one, to read the map of a section and of the house, and what a change of one seat costs the next reader.</summary>
internal static class HouseBench
{
    private const int RowsOfSection = 40;
    private const int SeatsOfRow = 25;

    private static readonly TimeProvider Time = TimeProvider.System;

    public static async Task RunAsync(IAnsiConsole console, int rounds)
    {
        using var scratch = new ScratchFolder();
        await using var host = await OneProcessHost.StartAsync(scratch.Sub("data"));
        using var client = ApiClient.At(host.Url);
        var api = new BookingApi(client, Sale.AdminKey);
        foreach (var sections in new[] { 1, 60, 200 })
        {
            await RunAsync(console, host.Url, api, sections, rounds);
        }
    }

    private static async Task RunAsync(IAnsiConsole console, Uri url, BookingApi api, int sections, int rounds)
    {
        var (creating, section, same, afterHold, house, wire) =
            (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var start = Time.GetTimestamp();
            var sale = await Builder(sections).OpenAsync(api, "House", Guid.NewGuid().ToString("N"), Time.GetUtcNow(), CancellationToken.None);
            creating.Add(Since(start));
            var token = (await api.IssueAsync($"user-{sections}-{round}", sale.ConcertId, null, CancellationToken.None)).Require("Joining the waiting room").Token!;
            using var http = Http(url, token);
            var path = $"/api/concert/available-seats?concertScheduleId={sale.ScheduleId}&include=all";
            section.Add((await TimeAsync(http, path + "&section=1")).Milliseconds);
            same.Add((await TimeAsync(http, path + "&section=1")).Milliseconds);
            await TimeAsync(http, path);
            var held = (await api.ReserveAsync(token, [sale.Seats[0]], null, CancellationToken.None)).Require("A hold");
            await api.ReservationAsync(token, held.Id, 5, CancellationToken.None);
            afterHold.Add((await TimeAsync(http, path + "&section=1")).Milliseconds);
            var whole = await TimeAsync(http, path);
            house.Add(whole.Milliseconds);
            wire.Add(whole.Bytes);
        }

        var table = new ResultTable($"{sections * RowsOfSection * SeatsOfRow:N0} seats in {sections} sections in rows");
        table.Add("ms to create concert and schedule", sections <= 60 ? "< 2,000" : "", creating, "N0");
        table.Add("ms for the map of a section, never asked for before", "<= 50", section, "N1");
        table.Add("ms for it again", "", same, "N1");
        table.Add("ms for it after one of its seats was held", "<= 50, whatever the house", afterHold, "N1");
        table.Add("ms for the map of the house after that, as Brotli", "", house, "N0");
        table.Add("bytes of it on the wire", "< 1,000,000", wire, "N0");
        table.WriteTo(console);
    }

    private static SaleBuilder Builder(int sections)
    {
        var builder = new SaleBuilder().Grade("VIP", "VIP석", 154_000).Grade("R", "R석", 132_000);
        for (var section = 1; section <= sections; section++)
        {
            builder.Rows($"{section}", [.. Enumerable.Range(1, RowsOfSection).Select(row => new RowRequest($"{row}", 1, SeatsOfRow, Grade: row < 10 ? "VIP" : "R"))]);
        }

        return builder;
    }

    private static HttpClient Http(Uri url, string token)
    {
        var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = url };
        http.DefaultRequestHeaders.Add("queue-token", token);
        http.DefaultRequestHeaders.Add("Accept-Encoding", "br");
        return http;
    }

    private static async Task<(double Milliseconds, int Bytes)> TimeAsync(HttpClient http, string path)
    {
        var start = Time.GetTimestamp();
        var body = await http.GetByteArrayAsync(path);
        return (Since(start), body.Length);
    }

    private static double Since(long start) => Time.GetElapsedTime(start).TotalMilliseconds;
}
