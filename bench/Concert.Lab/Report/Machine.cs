using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Concert.Lab.Report;

/// <summary>What the numbers were taken on.</summary>
internal static class Machine
{
    private const int Syncs = 50;

    /// <param name="folder">On the disk that is measured.</param>
    public static string Describe(string folder)
    {
        var model = ReadLine("/proc/cpuinfo", "model name")?.Split(':')[^1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 30);
        var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({model}), {memory} GB, {RuntimeInformation.OSDescription}, .NET {Environment.Version}; a synced write of 4 KB takes {SyncMilliseconds(folder):N2} ms (median of {Syncs}); load average before: {load}");
    }

    private static double SyncMilliseconds(string folder)
    {
        using var file = new FileStream(Path.Combine(folder, "sync"), FileMode.Create);
        var (page, times) = (new byte[4096], new double[Syncs]);
        for (var i = 0; i < Syncs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            file.Write(page);
            file.Flush(flushToDisk: true);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return times.Order().ElementAt(Syncs / 2);
    }

    private static string? ReadLine(string file, string start) =>
        File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) : null;
}
