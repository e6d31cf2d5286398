using Concert.Lab.Servers;
using Concert.Lab.Ways;
using Concert.Lab.Works;
using Spectre.Console;

namespace Concert.Lab.Running;

/// <summary>Every way at every work, round by round and way by way, so that what else the machine does falls on all alike. A shorter round before warms up.</summary>
internal static class Laboratory
{
    private static readonly TimeSpan WarmUpLimit = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<WorkResults>> RunAsync(LabSettings settings, ServerFarm farm, IAnsiConsole console, CancellationToken cancellationToken)
    {
        WayInfo[] ways = [.. settings.Ways.Select(WayCatalog.Find)];
        WorkResults[] results = [.. settings.Works.Select(id => new WorkResults(
            Work.Create(id, settings.Scale), [.. ways.Select(way => new Cell(way, ReasonAgainst(way, id, farm)))]))];
        var workers = new Dictionary<WayInfo, WorkerProcess>();
        try
        {
            foreach (var way in ways.Where(way => results.Any(work => work.Cells.Any(cell => cell.Way == way && cell.Reason is null))))
            {
                cancellationToken.ThrowIfCancellationRequested();
                console.WriteLine($"starting   {way.Id}");
                try
                {
                    workers[way] = await WorkerProcess.StartAsync(way, farm.Endpoints, farm.NewFolder(way.Id));
                }
                catch (ServerException e)
                {
                    Stop(results, way, e.Message);
                }
            }

            for (var run = 0; run <= settings.Runs; run++)
            {
                foreach (var work in results)
                {
                    foreach (var cell in work.Cells.Where(cell => cell.Reason is null))
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        await RunAsync(run, settings, work.Work, cell, workers[cell.Way], results, console);
                    }
                }
            }
        }
        finally
        {
            foreach (var worker in workers.Values)
            {
                await worker.DisposeAsync();
            }
        }

        return results;
    }

    private static string? ReasonAgainst(WayInfo way, string work, ServerFarm farm) =>
        way.NotFor.GetValueOrDefault(work) ?? way.Needs.Select(kind => farm.Missing.GetValueOrDefault(kind)).FirstOrDefault(reason => reason is not null);

    private static async Task RunAsync(
        int run, LabSettings settings, Work work, Cell cell, WorkerProcess worker, WorkResults[] results, IAnsiConsole console)
    {
        var (isWarmUp, name) = (run == 0, run == 0 ? "warm-up" : $"round {run}/{settings.Runs}");
        try
        {
            var limit = isWarmUp && settings.Limit > WarmUpLimit ? WarmUpLimit : settings.Limit;
            var round = await worker.RunAsync(new RoundOrder(work.Id, settings.Scale, limit.TotalSeconds));
            if (!isWarmUp)
            {
                cell.Add(round);
            }

            console.WriteLine($"{name,-10} {work.Id,-11} {cell.Way.Id,-15} {round.Seconds,7:N2} s {round.PerSecond,9:N0}/s  {round.Verdict}{(round.IsCut ? $" ({round.Answered:N0} of {round.Asked:N0} in time)" : "")}");
        }
        catch (Exception e) when (e is ServerException or IOException)
        {
            console.WriteLine($"{name,-10} {work.Id,-11} {cell.Way.Id,-15} stopped: {e.Message}");
            Stop(results, cell.Way, e.Message);
        }
    }

    private static void Stop(WorkResults[] results, WayInfo way, string why)
    {
        foreach (var cell in results.SelectMany(work => work.Cells).Where(cell => cell.Way == way))
        {
            cell.Stop(why);
        }
    }
}
