using Concert.Bench.Accepts;
using Concert.Bench.Service;
using Spectre.Console;

namespace Concert.Bench.Idle;

/// <summary>Memory of the one-process host with nothing to do: after a first start with the demo data, and after a rush and a rest.</summary>
internal static class IdleBench
{
    private const string Goal = "< 120";
    private const int Users = 8_192;
    private const double Megabyte = 1 << 20;
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(IAnsiConsole console, HostChoice choice, int connections, int seconds, int rest, int rounds)
    {
        var (fresh, rushed, peaks, accepted) = (new List<MemoryMap>(), new List<MemoryMap>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            fresh.Add(await FreshAsync(choice));
            var (memory, peak, perSecond) = await RushedAsync(choice, connections, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(rest));
            rushed.Add(memory);
            peaks.Add(peak / Megabyte);
            accepted.Add(perSecond);
        }

        Write(console, $"MB, {AfterStart.TotalSeconds} s after a first start with the demo data; {rounds} starts", fresh);
        Write(console, $"MB, {rest} s after {seconds} s of accepts over {connections} connections; {rounds} starts", rushed, ("the most during the rush", peaks), ("accepts/s of the rush", accepted));
    }

    private static void Write(IAnsiConsole console, string title, List<MemoryMap> found, params (string Name, List<double> Values)[] more)
    {
        var table = new ResultTable(title);
        void Add(string measure, string goal, Func<MemoryMap, long> of) => table.Add(measure, goal, [.. found.Select(m => of(m) / Megabyte)], "N1");
        Add("in memory, the whole process", Goal, m => m.Total);
        Add("  the collector's heap", "", m => m.Heap);
        Add("  compiled code and stubs", "", m => m.Code);
        Add("  assemblies (shared with other .NET processes)", "", m => m.Assemblies);
        Add("  native libraries and files", "", m => m.Libraries);
        Add("  native memory: runtime, SQLite, buffers", "", m => m.Native);
        Add("  stacks", "", m => m.Stacks);
        foreach (var (name, values) in more)
        {
            table.Add(name, "", values, "N0");
        }

        table.WriteTo(console);
    }

    private static async Task<MemoryMap> FreshAsync(HostChoice choice)
    {
        using var scratch = new ScratchFolder();
        await using var host = await OneProcessHost.StartAsShippedAsync(scratch.Sub("data"), choice.Program, choice.Settings);
        await Task.Delay(AfterStart);
        return MemoryMap.Of(host.ProcessId);
    }

    private static async Task<(MemoryMap Memory, double Peak, double PerSecond)> RushedAsync(HostChoice choice, int connections, TimeSpan time, TimeSpan rest)
    {
        using var scratch = new ScratchFolder();
        await using var host = await OneProcessHost.StartAsync(scratch.Sub("data"), choice.Program, [.. choice.Settings, "Local__Demo=true"]);
        using var sale = new Sale(host.Url, Users);
        await sale.OpenAsync();
        var rush = LoadGenerator.RunAsync(host.Url, sale.Requests, connections, time, 0);
        var peak = 0L;
        while (!rush.IsCompleted)
        {
            peak = Math.Max(peak, host.Memory);
            await Task.WhenAny(rush, Task.Delay(TimeSpan.FromMilliseconds(100)));
        }

        var round = await rush;
        await sale.DrainAsync(round.Answers - round.Refused);
        await Task.Delay(rest);
        return (MemoryMap.Of(host.ProcessId), peak, round.PerSecond);
    }
}
