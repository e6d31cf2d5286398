using System.Security.Cryptography;
using Concert.Rush.Auditing;
using Concert.Rush.Drill;
using Concert.Rush.Judging;
using Concert.Rush.Listening;
using Concert.Rush.Observation;
using Concert.Rush.Options;
using Concert.Rush.Output;
using Concert.Testing.Http;
using Concert.Testing.Sales;
using Spectre.Console;

namespace Concert.Rush;

/// <summary>One drill from its preparation to its exit code.</summary>
public static class RushProgram
{
    private const int FirstAttempts = 4;
    private static readonly TimeSpan LongestPreparation = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestAudit = TimeSpan.FromMinutes(10);

    /// <param name="options">What to do.</param>
    /// <param name="console">Where to show it.</param>
    /// <param name="time">This side's clock.</param>
    /// <param name="cancellationToken">Ends the drill early.</param>
    /// <param name="through">What requests and answers pass through; null in earnest.</param>
    public static async Task<int> RunAsync(RushOptions options, IAnsiConsole console, TimeProvider time, CancellationToken cancellationToken, DelegatingHandler? through = null)
    {
        using var client = new ApiClient(new ApiClientSettings { Address = _ => Task.FromResult(options.Url), Connections = options.Connections, Time = time, Through = through });
        var runId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var drill = new DrillContext(options, new BookingApi(client, options.AdminKey), new Observations(), new ProgressBoard(), time, runId);
        IScenario scenario = options.Scenario == Scenario.Wallet ? new WalletScenario(drill) : new SaleScenario(drill);
        IReadOnlyList<OpenSale> venues;
        Listener? listener;
        try
        {
            venues = await PrepareAsync(drill, scenario, cancellationToken);
            listener = options.Listen is { } address ? await Listener.StartAsync(address, drill.Api, runId, time, cancellationToken) : null;
        }
        catch (Exception failed) when (failed is ApiException or OperationCanceledException)
        {
            console.MarkupLineInterpolated($"[red]Cannot start:[/] {failed.Message}");
            return RushCommand.Unusable;
        }

        await using var listening = listener;
        var rush = await RushAsync(drill, scenario, console, cancellationToken);
        try
        {
            var (evidence, verdicts, readings) = await AuditAsync(drill, new Auditor(drill, venues), scenario, console, cancellationToken);
            if (listener is not null)
            {
                await listener.AwaitAsync(EventVerdict.Expected(evidence), LongestSilence, cancellationToken);
                verdicts = [.. verdicts, EventVerdict.EveryOutcomeArrived(evidence, listener.Events, listener.Faults)];
            }

            var result = RushResult.From(rush, evidence, verdicts, readings);
            ResultTables.Write(console, result);
            if (options.JsonPath is { } path)
            {
                await JsonReport.WriteAsync(path, result, cancellationToken);
            }

            return result.Good ? RushCommand.Good : RushCommand.Broken;
        }
        catch (Exception failed) when (failed is ApiException or OperationCanceledException)
        {
            console.MarkupLineInterpolated($"[red]The audit could not be finished, so outcomes are unknown:[/] {failed.Message}");
            return RushCommand.Broken;
        }
    }

    private static async Task<IReadOnlyList<OpenSale>> PrepareAsync(DrillContext drill, IScenario scenario, CancellationToken cancellationToken)
    {
        using var limit = Limit(LongestPreparation, cancellationToken);

        // The first call finds out quickly whether there is a service and whether it knows the key.
        (await drill.Api.CreateConcertAsync($"Rush {drill.RunId} probe", $"{drill.RunId}-probe", limit.Token, FirstAttempts)).Require("Creating a concert");
        return await scenario.PrepareAsync(limit.Token);
    }

    private static async Task<RushMeasure> RushAsync(DrillContext drill, IScenario scenario, IAnsiConsole console, CancellationToken cancellationToken)
    {
        using var limit = Limit(drill.Options.Timeout, cancellationToken);
        var started = drill.Time.GetTimestamp();
        await ProgressView.ShowAsync(console, drill.Board, drill.Time, scenario.RunAsync(limit.Token));
        return RushMeasure.Take(drill.RunId, drill.Options.Seed, drill.Time.GetElapsedTime(started), drill.Api.Client.Stats, drill.Seen.RoomWaits);
    }

    private static async Task<(DrillEvidence Evidence, IReadOnlyList<Verdict> Verdicts, int Readings)> AuditAsync(
        DrillContext drill, Auditor auditor, IScenario scenario, IAnsiConsole console, CancellationToken cancellationToken)
    {
        using var limit = Limit(LongestAudit, cancellationToken);
        var audit = auditor.JudgeAsync(scenario, limit.Token);
        await ProgressView.ShowAsync(console, drill.Board, drill.Time, audit);
        return await audit;
    }

    private static CancellationTokenSource Limit(TimeSpan time, CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        return limit;
    }
}
