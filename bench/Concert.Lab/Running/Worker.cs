using System.Text.Json;
using System.Threading.Channels;
using Concert.Lab.Servers;
using Concert.Lab.Ways;
using Concert.Lab.Works;

namespace Concert.Lab.Running;

/// <summary>An order to a worker.</summary>
internal sealed record RoundOrder(string Work, double Scale, double LimitSeconds);

/// <summary>
/// The process of one way: it has its memory, its threads and its compiled code to itself, so that no way pays for another. It reads an order a line and writes a round a
/// line, and ends with its input.
/// </summary>
internal static class Worker
{
    public const string Ready = "READY";
    public const string Result = "ROUND ";

    public static async Task RunAsync(string wayId, string endpoints, string folder)
    {
        var info = WayCatalog.Find(wayId);
        var servers = JsonSerializer.Deserialize<Endpoints>(endpoints)!;
        await using var way = await info.CreateAsync(new WayContext(servers, folder));
        int[] processes = [.. info.Needs.SelectMany(kind => servers.Running[kind].ProcessIds)];
        Console.WriteLine(Ready);
        var isBusy = false;
        var orders = Channel.CreateUnbounded<string>();
        _ = Task.Run(async () =>
        {
            while (await Console.In.ReadLineAsync() is { } line)
            {
                orders.Writer.TryWrite(line);
            }

            orders.Writer.Complete();
            if (Volatile.Read(ref isBusy))
            {
                // The lab is gone in the middle of a round, and the servers with it: nothing here would get on.
                Environment.Exit(1);
            }
        });
        await foreach (var line in orders.Reader.ReadAllAsync())
        {
            Volatile.Write(ref isBusy, true);
            var order = JsonSerializer.Deserialize<RoundOrder>(line)!;
            var round = await RoundRunner.RunAsync(way, Work.Create(order.Work, order.Scale), info.Picks, TimeSpan.FromSeconds(order.LimitSeconds), processes);
            Volatile.Write(ref isBusy, false);
            Console.WriteLine(Result + JsonSerializer.Serialize(round));
        }
    }
}
