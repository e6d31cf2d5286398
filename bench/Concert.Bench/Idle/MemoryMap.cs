using System.Globalization;

namespace Concert.Bench.Idle;

/// <summary>A process's memory in bytes, by what it is; from <c>/proc/PID/smaps</c>.</summary>
internal sealed record MemoryMap(long Heap, long Code, long Assemblies, long Libraries, long Native, long Stacks)
{
    private const long CollectorReserve = 32L << 30;

    public long Total => Heap + Code + Assemblies + Libraries + Native + Stacks;

    public static MemoryMap Of(int process)
    {
        var maps = Read(process);
        var heap = HeapRange(maps);
        long Sum(Func<Mapping, bool> isOfIt) => maps.Where(isOfIt).Sum(map => map.Resident);
        bool IsHeap(Mapping map) => map.From >= heap.From && map.To <= heap.To;
        bool IsStack(Mapping map) => map.Name == "[stack]" || (map.Name.Length == 0 && IsStackSize(map));
        return new MemoryMap(
            Sum(IsHeap),
            Sum(map => map.Name.Contains("doublemapper", StringComparison.Ordinal) || (map.Name.Length == 0 && map.IsExecutable)),
            Sum(map => map.Name.EndsWith(".dll", StringComparison.Ordinal)),
            Sum(map => map.Name.StartsWith('/') && !map.Name.EndsWith(".dll", StringComparison.Ordinal) && !map.Name.Contains("doublemapper", StringComparison.Ordinal)),
            Sum(map => !IsHeap(map) && !IsStack(map) && !map.IsExecutable && (map.Name.Length == 0 || map.Name.StartsWith("[heap", StringComparison.Ordinal) || map.Name.StartsWith("[anon", StringComparison.Ordinal))),
            Sum(map => !IsHeap(map) && IsStack(map)));
    }

    /// <summary>Threads of .NET have a megabyte and a half, the others eight.</summary>
    private static bool IsStackSize(Mapping map) => map is { IsWritable: true, IsExecutable: false } && (map.To - map.From) is 1536 << 10 or 8 << 20;

    /// <summary>The collector reserves its address space as one piece, far larger than anything else.</summary>
    private static (long From, long To) HeapRange(List<Mapping> maps)
    {
        var best = (From: 0L, To: 0L);
        var from = 0L;
        var to = 0L;
        foreach (var map in maps)
        {
            (from, to) = map.From == to && map.Name.Length == 0 ? (from, map.To) : (map.From, map.To);
            best = to - from > best.To - best.From && map.Name.Length == 0 ? (from, to) : best;
        }

        return best.To - best.From >= CollectorReserve ? best : default;
    }

    private static List<Mapping> Read(int process)
    {
        var maps = new List<Mapping>();
        foreach (var line in File.ReadLines($"/proc/{process}/smaps"))
        {
            var words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (words[0].Split('-') is [var from, var to] && words.Length > 4)
            {
                maps.Add(new Mapping(Hex(from), Hex(to), words[1], words.Length > 5 ? words[5] : "", 0));
            }
            else if (words[0] == "Rss:")
            {
                maps[^1] = maps[^1] with { Resident = long.Parse(words[1], CultureInfo.InvariantCulture) << 10 };
            }
        }

        return maps;
    }

    // Addresses of the kernel lie beyond a long; nothing of them is resident.
    private static long Hex(string text) => (long)(ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & long.MaxValue);

    private sealed record Mapping(long From, long To, string Rights, string Name, long Resident)
    {
        public bool IsExecutable => Rights[2] == 'x';

        public bool IsWritable => Rights[1] == 'w';
    }
}
