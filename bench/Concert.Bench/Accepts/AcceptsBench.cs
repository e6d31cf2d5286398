using Concert.Bench.Service;
using Spectre.Console;

namespace Concert.Bench.Accepts;

/// <summary>The real host on a data folder and the bare echo, driven in turn by the same load.</summary>
internal static class AcceptsBench
{
    // So many that none comes near the places a user may have: what counts for a user is a list, and a list of thousands is nobody's.
    private const int Users = 32_768;

    public static async Task RunAsync(IAnsiConsole console, int connections, int seconds, int rounds, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchFolder();
        await using var host = await OneProcessHost.StartAsync(scratch.Sub("data"));
        await using var echo = await Server.StartAsync(Environment.ProcessPath!, ["echo"], new Dictionary<string, string>());
        using var sale = new Sale(host.Url, Users);
        await sale.OpenAsync();

        var time = TimeSpan.FromSeconds(seconds);
        var (accepts, echoes, accepted) = (new List<Round>(), new List<Round>(), 0);
        var (costs, echoCosts) = (new List<double>(), new List<double>());
        for (var i = -1; i < rounds && !cancellationToken.IsCancellationRequested; i++)
        {
            var (hostBefore, echoBefore) = (host.Processor, echo.Processor);
            var echoed = await LoadGenerator.RunAsync(echo.Url, sale.Requests, connections, time, 0);
            var round = await LoadGenerator.RunAsync(host.Url, sale.Requests, connections, time, accepted);
            accepted += round.Answers - round.Refused;
            // What was accepted is decided before the next round, so that each begins with an empty queue.
            await sale.DrainAsync(accepted);
            // The first round warms up.
            if (i >= 0)
            {
                echoes.Add(echoed);
                accepts.Add(round);
                echoCosts.Add((echo.Processor - echoBefore).TotalMicroseconds / echoed.Answers);
                costs.Add((host.Processor - hostBefore).TotalMicroseconds / round.Answers);
            }
        }

        var table = new ResultTable($"{connections} connections, {rounds} rounds of {seconds} s each; {accepts.Sum(r => r.Refused):N0} of {accepts.Sum(r => r.Answers):N0} refused");
        table.Add("durable accepts/s", ">= 10,000", [.. accepts.Select(r => r.PerSecond)], "N0");
        table.Add("echo/s", "", [.. echoes.Select(r => r.PerSecond)], "N0");
        table.Add("accepts over echo", "", [.. accepts.Zip(echoes, (a, e) => a.PerSecond / e.PerSecond)], "N2");
        table.Add("accept p50, ms", "", [.. accepts.Select(r => r.Percentile(0.5))], "N2");
        table.Add("accept p95, ms", "", [.. accepts.Select(r => r.Percentile(0.95))], "N2");
        table.Add("accept p99, ms", "<= 20", [.. accepts.Select(r => r.Percentile(0.99))], "N2");
        table.Add("processor time of an accept and its hold, us", "<= 90", costs, "N0");
        table.Add("processor time of an echo, us", "", echoCosts, "N0");
        table.Add("echo p99, ms", "", [.. echoes.Select(r => r.Percentile(0.99))], "N2");
        table.WriteTo(console);
    }
}
