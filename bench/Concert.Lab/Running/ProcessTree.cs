using System.Globalization;

namespace Concert.Lab.Running;

/// <summary>What /proc tells of processes and all their descendants.</summary>
internal static class ProcessTree
{
    private const double TicksPerSecond = 100;

    /// <summary>Processor seconds of these processes and of all they have started, those that have ended included.</summary>
    public static double ProcessorSeconds(IReadOnlyCollection<int> roots) => roots.Count == 0 ? 0 : Of(roots).Sum(stat => stat.Ticks) / TicksPerSecond;

    /// <summary>How long each of them and their descendants has run so far, in nanoseconds: who has a longer time later has run meanwhile.</summary>
    public static Dictionary<int, string> Running(IReadOnlyCollection<int> roots) => roots.Count == 0 ? [] : Of(roots).ToDictionary(stat => stat.Id, stat => RunTime(stat.Id));

    /// <summary>
    /// The memory of those that have run since, in MB, what they share counted once. The others are other ways' idle connections.
    /// </summary>
    public static double MemoryMegabytes(IReadOnlyCollection<int> roots, IReadOnlyDictionary<int, string> before) => roots.Count == 0
        ? 0
        : Of(roots).Where(stat => before.GetValueOrDefault(stat.Id) != RunTime(stat.Id)).Sum(stat => Kilobytes(stat.Id, "smaps_rollup", "Pss:")) / 1024.0;

    /// <summary>From now on <see cref="OwnPeakMegabytes"/> is about what comes.</summary>
    public static void ForgetOwnPeak()
    {
        if (OperatingSystem.IsLinux())
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
    }

    /// <summary>The most memory that this process has had.</summary>
    public static double OwnPeakMegabytes() => OperatingSystem.IsLinux() ? Kilobytes(Environment.ProcessId, "status", "VmHWM:") / 1024.0 : 0;

    private static IEnumerable<Stat> Of(IReadOnlyCollection<int> roots)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        var all = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => Read(name!)).OfType<Stat>().ToList();
        var children = all.ToLookup(stat => stat.Parent);
        return all.Where(stat => roots.Contains(stat.Id)).SelectMany(root => WithDescendants(root, children));
    }

    private static IEnumerable<Stat> WithDescendants(Stat root, ILookup<int, Stat> children) =>
        children[root.Id].SelectMany(child => WithDescendants(child, children)).Prepend(root);

    private static Stat? Read(string id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            // The name, in parentheses, may hold anything.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new Stat(int.Parse(id, CultureInfo.InvariantCulture), int.Parse(fields[1]), long.Parse(fields[11]) + long.Parse(fields[12]) + long.Parse(fields[13]) + long.Parse(fields[14]));
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    private static string RunTime(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/schedstat");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static long Kilobytes(int id, string file, string field)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/{file}").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary><see cref="Ticks"/>: its own and those of its children that have ended.</summary>
    private sealed record Stat(int Id, int Parent, long Ticks);
}
