using System.Text;
using Concert.Bench.Accepts;
using Concert.Bench.Service;
using Concert.Testing.Http;
using Concert.Testing.Sales;
using Spectre.Console;

namespace Concert.Bench.Refusals;

/// <summary>A house whose every seat is held, asked for by others: what the seat gate refuses before anything is written, beside the bare echo.</summary>
internal static class RefusalsBench
{
    private const int Seats = 500;
    private const int Buyers = 4_096;

    public static async Task RunAsync(IAnsiConsole console, HostChoice choice, int connections, int seconds, int rounds)
    {
        using var scratch = new ScratchFolder();
        await using var host = await OneProcessHost.StartAsync(scratch.Sub("data"), choice.Program, choice.Settings);
        await using var echo = await Server.StartAsync(Environment.ProcessPath!, ["echo"], new Dictionary<string, string>());
        using var client = ApiClient.At(host.Url);
        var requests = await OpenAsync(new BookingApi(client, Sale.AdminKey), host.Url);

        var time = TimeSpan.FromSeconds(seconds);
        var (refusals, echoes, costs, echoCosts) = (new List<Round>(), new List<Round>(), new List<double>(), new List<double>());
        for (var i = -1; i < rounds; i++)
        {
            var (hostBefore, echoBefore) = (host.Processor, echo.Processor);
            var echoed = await LoadGenerator.RunAsync(echo.Url, requests, connections, time, 0);
            var round = await LoadGenerator.RunAsync(host.Url, requests, connections, time, 0, StatusCodes.Status409Conflict);
            if (round.Refused > 0)
            {
                throw new InvalidOperationException($"{round.Refused:N0} of {round.Answers:N0} answers were not 409.");
            }

            // The first round warms up.
            if (i >= 0)
            {
                refusals.Add(round);
                echoes.Add(echoed);
                costs.Add((host.Processor - hostBefore).TotalMicroseconds / round.Answers);
                echoCosts.Add((echo.Processor - echoBefore).TotalMicroseconds / echoed.Answers);
            }
        }

        var table = new ResultTable($"Refusals by the seat gate; {connections} connections, {rounds} rounds of {seconds} s");
        table.Add("refusals/s", "", [.. refusals.Select(r => r.PerSecond)], "N0");
        table.Add("echo/s", "", [.. echoes.Select(r => r.PerSecond)], "N0");
        table.Add("refusals over echo", "", [.. refusals.Zip(echoes, (r, e) => r.PerSecond / e.PerSecond)], "N2");
        table.Add("processor time of a refusal, us", "<= 25", costs, "N1");
        table.Add("processor time of an echo, us", "", echoCosts, "N1");
        table.Add("refusal over echo, processor time", "", [.. costs.Zip(echoCosts, (c, e) => c / e)], "N2");
        table.Add("refusal p99, ms", "", [.. refusals.Select(r => r.Percentile(0.99))], "N2");
        table.WriteTo(console);
    }

    /// <summary>One buyer holds everything; the others' requests, for one seat each.</summary>
    private static async Task<IReadOnlyList<byte[]>> OpenAsync(BookingApi api, Uri url)
    {
        var sale = await new SaleBuilder().Section("1", Seats, 10_000)
            .OpenAsync(api, "Refusals", Guid.NewGuid().ToString("N"), TimeProvider.System.GetUtcNow(), CancellationToken.None);
        var tokens = await Testing.Sales.Crowd.JoinAsync(api, sale.ConcertId, Buyers + 1, CancellationToken.None);
        foreach (var seats in sale.Seats.Chunk(4))
        {
            (await api.ReserveAsync(tokens[Buyers], seats, null, CancellationToken.None)).Require("Holding the house");
        }

        while ((await api.DatesAsync(tokens[Buyers], sale.ConcertId, CancellationToken.None)).Require("Reading the dates")[0].ReservedSeats < Seats)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        return [.. Enumerable.Range(0, Buyers).Select(buyer => Request(url, sale.Seats[buyer % Seats], tokens[buyer]))];
    }

    private static byte[] Request(Uri url, string seat, string token)
    {
        var body = $$"""{"seatId":"{{seat}}"}""";
        return Encoding.ASCII.GetBytes(
            $"POST /api/reservation HTTP/1.1\r\nHost: 127.0.0.1:{url.Port}\r\nContent-Type: application/json\r\nqueue-token: {token}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
