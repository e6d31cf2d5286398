using System.Diagnostics;
using Concert.Bench.Accepts;
using Concert.Lab.Running;

namespace Concert.Lab.Http;

/// <summary>A service that can be driven, and what it must have to show for it.</summary>
internal abstract class Contestant(Server server, IReadOnlyCollection<int> alsoCharged)
{
    private const int Connections = 64;

    /// <summary>Answers that promised a hold, since the beginning.</summary>
    protected int Promised { get; private set; }

    protected abstract IReadOnlyList<byte[]> Requests { get; }

    /// <summary>Drives it for a while. What it has accepted is decided when this returns, and the time that took counts.</summary>
    public async Task<HttpRound> RunAsync(TimeSpan time)
    {
        await BeginAsync();
        var before = Processor();
        var watch = Stopwatch.StartNew();
        var round = await LoadGenerator.RunAsync(server.Url, Requests, Connections, time, Promised);
        Promised += round.Answers - round.Refused;
        await EndAsync();
        return new HttpRound(
            (round.Answers - round.Refused) / watch.Elapsed.TotalSeconds, round.Percentile(0.5), round.Percentile(0.99), (Processor() - before) * 1e6 / round.Answers,
            round.Refused);
    }

    /// <summary>Null when what is stored is what was promised.</summary>
    public abstract Task<string?> FaultAsync();

    protected virtual Task BeginAsync() => Task.CompletedTask;

    protected virtual Task EndAsync() => Task.CompletedTask;

    private double Processor() => server.Processor.TotalSeconds + ProcessTree.ProcessorSeconds(alsoCharged);
}
