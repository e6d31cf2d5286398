using Concert.Bench.Service;
using Spectre.Console;

namespace Concert.Bench.Accepts;

/// <summary>The real host on a data folder and the bare echo, driven in turn by the same load; another build beside it on request.</summary>
internal static class AcceptsBench
{
    // So many that none comes near the places a user may have: what counts for a user is a list, and a list of thousands is nobody's.
    private const int Users = 32_768;

    public static async Task RunAsync(
        IAnsiConsole console, HostChoice choice, string? beside, int connections, int seconds, int rounds, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchFolder();
        await using var measured = await Contender.StartAsync("", scratch.Sub("data"), choice);
        await using var other = beside is null ? null : await Contender.StartAsync("beside: ", scratch.Sub("beside"), new HostChoice(beside, choice.Settings));
        await using var echo = await Server.StartAsync(Environment.ProcessPath!, ["echo"], new Dictionary<string, string>());

        var time = TimeSpan.FromSeconds(seconds);
        var (echoes, echoCosts) = (new List<Round>(), new List<double>());
        for (var i = -1; i < rounds && !cancellationToken.IsCancellationRequested; i++)
        {
            // The first round warms up.
            var echoBefore = echo.Processor;
            var echoed = await LoadGenerator.RunAsync(echo.Url, measured.Requests, connections, time, 0);
            if (i >= 0)
            {
                echoes.Add(echoed);
                echoCosts.Add((echo.Processor - echoBefore).TotalMicroseconds / echoed.Answers);
            }

            foreach (var contender in (Contender?[])(i % 2 == 0 ? [measured, other] : [other, measured]))
            {
                await (contender?.DriveAsync(connections, time, counts: i >= 0) ?? Task.CompletedTask);
            }
        }

        var table = new ResultTable($"{connections} connections, {rounds} rounds of {seconds} s each; {measured.Refused:N0} of {measured.Answers:N0} refused");
        measured.AddTo(table, echoes);
        other?.AddTo(table, echoes);
        if (other is not null)
        {
            table.Add("processor time over that of the build beside it", "", [.. measured.Costs.Zip(other.Costs, (m, o) => m / o)], "N2");
        }

        table.Add("echo/s", "", [.. echoes.Select(r => r.PerSecond)], "N0");
        table.Add("processor time of an echo, us", "", echoCosts, "N0");
        table.Add("echo p99, ms", "", [.. echoes.Select(r => r.Percentile(0.99))], "N2");
        table.WriteTo(console);
    }

    /// <summary>A host with a sale of its own.</summary>
    private sealed class Contender(string name, Server host, Sale sale) : IAsyncDisposable
    {
        private readonly List<Round> _rounds = [];
        private int _accepted;

        public IReadOnlyList<byte[]> Requests => sale.Requests;

        public List<double> Costs { get; } = [];

        public int Refused => _rounds.Sum(r => r.Refused);

        public int Answers => _rounds.Sum(r => r.Answers);

        public static async Task<Contender> StartAsync(string name, string folder, HostChoice choice)
        {
            var host = await OneProcessHost.StartAsync(folder, choice.Program, choice.Settings);
            var sale = new Sale(host.Url, Users);
            await sale.OpenAsync();
            return new Contender(name, host, sale);
        }

        public async Task DriveAsync(int connections, TimeSpan time, bool counts)
        {
            var before = host.Processor;
            var round = await LoadGenerator.RunAsync(host.Url, sale.Requests, connections, time, _accepted);
            _accepted += round.Answers - round.Refused;
            // What was accepted is decided before the next round, so that each begins with an empty queue.
            await sale.DrainAsync(_accepted);
            if (counts)
            {
                _rounds.Add(round);
                Costs.Add((host.Processor - before).TotalMicroseconds / round.Answers);
            }
        }

        public void AddTo(ResultTable table, List<Round> echoes)
        {
            table.Add(name + "durable accepts/s", ">= 12,000", [.. _rounds.Select(r => r.PerSecond)], "N0");
            table.Add(name + "accepts over echo", "", [.. _rounds.Zip(echoes, (a, e) => a.PerSecond / e.PerSecond)], "N2");
            table.Add(name + "accept p50, ms", "", [.. _rounds.Select(r => r.Percentile(0.5))], "N2");
            table.Add(name + "accept p95, ms", "", [.. _rounds.Select(r => r.Percentile(0.95))], "N2");
            table.Add(name + "accept p99, ms", "<= 15", [.. _rounds.Select(r => r.Percentile(0.99))], "N2");
            table.Add(name + "processor time of an accept and its hold, us", "<= 70", Costs, "N0");
        }

        public async ValueTask DisposeAsync()
        {
            sale.Dispose();
            await host.DisposeAsync();
        }
    }
}
