using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Concert.Bench.Service;
using Concert.Lab.Report;
using Concert.Lab.Servers;
using Spectre.Console;
using StackExchange.Redis;

namespace Concert.Bench.Lines;

/// <summary>Waiting rooms with up to a million in them: in one process on SQLite, and on a Redis that is started for it.</summary>
internal static class LineBench
{
    private const string RedisServer = "redis-server";

    private static readonly int[] Sizes = [10_000, 100_000, 1_000_000];

    private static readonly string[] Columns =
    [
        "waiting room", "who wait", "joins/s", "polls/s", "poll p50, ms", "poll p99, ms", "admitted/s", "ms to admit 50", "memory, MB", "bytes for each who waits",
    ];

    public static async Task RunAsync(IAnsiConsole console, bool isQuick, bool saves)
    {
        using var scratch = new ScratchFolder();
        var about = $"{TimeProvider.System.GetLocalNow():yyyy-MM-dd}; {Machine.Describe(scratch.Path)}.{(isQuick ? " **A quick trial: the smallest size only.**" : "")}";
        console.WriteLine(about);
        var rows = new List<string[]>();
        foreach (var size in Sizes.Where(size => !isQuick || size <= Sizes[0]))
        {
            console.WriteLine($"measuring  {size:N0} in one process");
            rows.Add(Row("one process, SQLite", size, await ChildAsync(scratch.Sub($"line-{size}"), 0, size)));
            console.WriteLine($"measuring  {size:N0} on Redis");
            rows.Add(await OnRedisAsync(scratch, size));
        }

        var table = new Table().AddColumns(Columns);
        rows.ForEach(row => table.AddRow([.. row.Select(Markup.Escape)]));
        console.Write(table);
        if (saves || !isQuick)
        {
            Save(about, rows);
        }
    }

    private static async Task<string[]> OnRedisAsync(ScratchFolder scratch, int size)
    {
        const string name = "Redis, nothing kept on disk";
        if (Programs.OnPath(RedisServer) is not { } program)
        {
            return Fill([name, $"{size:N0}", "not installed: apt-get install redis-server"]);
        }

        var (folder, port) = (Directory.CreateDirectory(scratch.Sub($"redis-{size}")).FullName, FreePort.Next());
        await using var server = await ServerProcess.StartAsync(
            folder, "TERM", [program, "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", folder]);
        await server.WaitUntilReadyAsync(async () =>
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port}");
            await connection.GetDatabase().PingAsync();
        });
        return Row(name, size, await ChildAsync($"{port}", server.ProcessId, size));
    }

    private static async Task<LineValues> ChildAsync(string target, int server, int size)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["line-measure", target, $"{server}", $"{size}"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return child.ExitCode == 0 ? JsonSerializer.Deserialize<LineValues>(output)! : throw new InvalidOperationException($"{size:N0} in the line ended with {child.ExitCode}.");
    }

    private static string[] Row(string name, int size, LineValues values) =>
    [
        name, $"{size:N0}", $"{values.Joins:N0}", $"{values.Polls:N0}", $"{values.PollP50:N1}", $"{values.PollP99:N1}", $"{values.Admissions:N0}", $"{values.Round:N1}",
        $"{values.Memory:N0}", $"{values.BytesOfMember:N0}",
    ];

    private static string[] Fill(string[] row) => [.. row, .. Enumerable.Repeat("", Columns.Length - row.Length)];

    private static void Save(string about, List<string[]> rows)
    {
        var page = new StringBuilder("# Waiting rooms of up to a million\n\n").Append(about).Append(
            "\nWritten by `dotnet run -c Release --project bench/Concert.Bench -- line`; what it does stands in [benchmarks](../benchmarks.md#waiting-rooms).\n\n| ");
        page.AppendJoin(" | ", Columns).Append(" |\n|").AppendJoin("|", Columns.Select(_ => "---")).Append("|\n");
        foreach (var row in rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
        }

        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Repository.PathOf("docs", "growth")).FullName, "waiting-room.md"), page.ToString());
    }
}
