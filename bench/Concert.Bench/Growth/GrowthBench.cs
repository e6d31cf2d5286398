using System.Diagnostics;
using System.Text.Json;
using Concert.Bench.Recovery;
using Concert.Bench.Service;
using Concert.Lab.Report;
using Spectre.Console;

namespace Concert.Bench.Growth;

/// <summary>What a reservation, the memory and the work of staff cost as a store grows, and as a house does.</summary>
internal static class GrowthBench
{
    private const int MostSeats = 200_000;

    /// <summary>A store larger than this is measured where it lies: what a round adds is nothing to it.</summary>
    private const int CopiedUpTo = 100_000;

    private static readonly int[] Reservations = [1_000, 10_000, 100_000, 1_000_000];
    private static readonly int[] Seats = [50, 1_000, 10_000, 60_000, MostSeats];

    /// <summary>Ends with 1 when something grew that should not.</summary>
    public static async Task<int> RunAsync(IAnsiConsole console, int rounds, bool isQuick, bool saves)
    {
        using var scratch = new ScratchFolder();
        var (date, machine) = (TimeProvider.System.GetLocalNow(), Machine.Describe(scratch.Path));
        console.WriteLine($"{date:yyyy-MM-dd}; {machine}");
        rounds = isQuick ? 1 : rounds;
        var byReservations = await MeasureAsync(console, scratch, "reservations", [.. Reservations.Where(size => !isQuick || size <= 10_000)], rounds);
        var bySeats = await MeasureAsync(console, scratch, "seats", [.. Seats.Where(size => !isQuick || size <= 10_000)], rounds);
        var report = new GrowthReport(byReservations, bySeats);
        report.WriteTo(console);
        if (saves || !isQuick)
        {
            report.Save($"{date:yyyy-MM-dd}; {machine}. {(isQuick ? "**A quick trial: small sizes, one round**" : $"{rounds} rounds, sizes in turn; medians")}.");
        }

        return report.Rules.All(rule => rule.IsMet) ? 0 : 1;
    }

    /// <summary>Fills a folder a size, then measures them in turn, so that what else the machine does falls on all alike.</summary>
    private static async Task<Series> MeasureAsync(IAnsiConsole console, ScratchFolder scratch, string kind, int[] sizes, int rounds)
    {
        var series = new Series(kind, sizes);
        string Folder(int size) => scratch.Sub($"{kind}-{size}");
        foreach (var size in sizes)
        {
            console.WriteLine($"filling    {size:N0} {kind}");
            Directory.CreateDirectory(Folder(size));
            await ChildAsync(["grow-fill", Folder(size), kind, $"{size}", $"{rounds}"]);
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var size in sizes)
            {
                console.WriteLine($"measuring  {size:N0} {kind}, round {round + 1} of {rounds}");
                var folder = Folder(size);
                if (kind == "reservations" && size <= CopiedUpTo)
                {
                    folder = scratch.Sub("copy");
                    Directory.CreateDirectory(folder);
                    ScratchFolder.Copy(Folder(size), folder);
                    ScratchFolder.Copy(GrowthPoint.Data(Folder(size)), GrowthPoint.Data(folder));
                }

                series.Add(size, Value.Open, (await OpenOnce.InChildAsync(GrowthPoint.Data(folder))).Milliseconds);
                var line = await ChildAsync(["grow-measure", folder, $"{round}", $"{round == 0}"]);
                foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, double>>(line)!)
                {
                    series.Add(size, name, value);
                }

                if (folder != Folder(size))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
        }

        foreach (var size in sizes)
        {
            Directory.Delete(Folder(size), recursive: true);
        }

        return series;
    }

    private static async Task<string> ChildAsync(string[] arguments)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return child.ExitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {child.ExitCode}.");
    }
}
