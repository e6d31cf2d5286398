using Concert.Lab.Running;
using Concert.Lab.Servers;
using Spectre.Console;

namespace Concert.Lab.Http;

/// <summary>
/// The same sale over HTTP, a million standing places and 4,096 buyers: our host on a data folder, and the rival on PostgreSQL, as processes, driven in turn by the
/// generator of <c>bench accepts</c> over 64 keep-alive connections.
/// </summary>
internal static class HttpComparison
{
    public const string OursAccepted = "ours-202";
    public const string OursDecided = "ours-wait";
    public const string RivalForUpdate = "rival-for-update";
    public const string RivalConditional = "rival-conditional";

    public static HttpRow[] Rows() =>
    [
        new(OursAccepted, "**ours, 202 when the command is on disk**; the rate counts until the last is decided", true),
        new(OursDecided, "**ours, `Prefer: wait`**: the answer has the outcome", true),
        new(RivalForUpdate, "ASP.NET Core + PostgreSQL, `SELECT … FOR UPDATE`", true),
        new(RivalConditional, "ASP.NET Core + PostgreSQL, conditional UPDATE", true),
        new(RivalForUpdate + "-bare", "`FOR UPDATE`, a bare hold without token, limit and history: less work", false),
        new(RivalConditional + "-bare", "conditional UPDATE, a bare hold without token, limit and history: less work", false),
    ];

    public static async Task<IReadOnlyList<HttpRow>> RunAsync(LabSettings settings, ServerFarm farm, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var rows = Rows();
        var contestants = new Dictionary<HttpRow, Contestant>();
        try
        {
            foreach (var row in rows)
            {
                await TryAsync(row, console, async () => contestants[row] = await StartAsync(row, farm));
            }

            for (var run = 0; run <= settings.Runs; run++)
            {
                foreach (var row in rows.Where(row => row.Fault is null))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await TryAsync(row, console, () => RunAsync(run, settings, row, contestants[row], console));
                }
            }

            foreach (var row in rows.Where(row => row.Fault is null))
            {
                row.Fault = await contestants[row].FaultAsync();
            }
        }
        finally
        {
            foreach (var contestant in contestants.Values.Cast<IAsyncDisposable>())
            {
                await contestant.DisposeAsync();
            }
        }

        return rows;
    }

    private static async Task<Contestant> StartAsync(HttpRow row, ServerFarm farm)
    {
        if (row.Id is OursAccepted or OursDecided)
        {
            return await OurHost.StartAsync(farm.NewFolder(row.Id), row.Id == OursDecided);
        }

        return farm.Missing.TryGetValue(ServerKind.Postgres, out var missing)
            ? throw new ServerException(missing)
            : await RivalProcess.StartAsync(row.Id, row.Id.StartsWith(RivalForUpdate, StringComparison.Ordinal), row.IsEqualWork, farm.Endpoints);
    }

    private static async Task RunAsync(int run, LabSettings settings, HttpRow row, Contestant contestant, IAnsiConsole console)
    {
        var round = await contestant.RunAsync(TimeSpan.FromSeconds(settings.HttpSeconds));
        if (run > 0)
        {
            row.Rounds.Add(round);
        }

        var name = run == 0 ? "warm-up" : $"round {run}/{settings.Runs}";
        console.WriteLine($"{name,-10} http        {row.Id,-22} {round.PerSecond,9:N0}/s  p99 {round.P99,7:N1} ms{(round.Refused > 0 ? $"  {round.Refused:N0} refused" : "")}");
    }

    private static async Task TryAsync(HttpRow row, IAnsiConsole console, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception e) when (e is ServerException or IOException or InvalidOperationException or Testing.Http.ApiException or System.Net.Sockets.SocketException)
        {
            row.Fault = e.Message;
            console.WriteLine($"           http        {row.Id,-22} stopped: {e.Message}");
        }
    }
}
