using Concert.Bench.Service;
using Spectre.Console;

namespace Concert.Bench.Recovery;

/// <summary>Fills a data folder with holds of distinct users and opens it again, as a clean stop leaves it and as a kill does.</summary>
internal static class RecoveryBench
{
    private const int SeatsPerSection = 200;

    /// <summary>A schedule has no more.</summary>
    private const int MostSeats = 200_000;

    public static async Task RunAsync(IAnsiConsole console, int reservations, int rounds)
    {
        if (reservations <= MostSeats)
        {
            await RunAsync(console, $"{reservations:N0} held seats in sections of {SeatsPerSection}", reservations, rounds, seats: true);
        }

        await RunAsync(console, $"{reservations:N0} held places of one inventory", reservations, rounds, seats: false);
    }

    private static async Task RunAsync(IAnsiConsole console, string title, int reservations, int rounds, bool seats)
    {
        using var scratch = new ScratchFolder();
        var (stopped, killed) = (scratch.Sub("stopped"), scratch.Sub("killed"));
        await using (var venue = await Venue.OpenAsync(
            stopped, seats ? (reservations / SeatsPerSection, SeatsPerSection) : default, seats ? default : (1, reservations)))
        {
            await Crowd.AskAsync(venue, reservations, seats);
            await venue.DrainAsync();
            // What nobody waits for reaches the disk a moment later.
            await Task.Delay(TimeSpan.FromSeconds(1));
            ScratchFolder.Copy(stopped, killed);
        }

        var table = new ResultTable($"{title}, {rounds} openings each in a new process");
        await AddAsync(table, "after a kill", scratch, killed, reservations, rounds);
        await AddAsync(table, "after a stop", scratch, stopped, reservations, rounds);
        table.WriteTo(console);
    }

    private static async Task AddAsync(ResultTable table, string when, ScratchFolder scratch, string folder, int reservations, int rounds)
    {
        var opened = new List<Opened>();
        for (var i = 0; i < rounds; i++)
        {
            // A copy each time: the one that opens it writes the log into the file when it closes.
            var copy = scratch.Sub("copy");
            ScratchFolder.Copy(folder, copy);
            opened.Add(await OpenOnce.InChildAsync(copy));
            Directory.Delete(copy, recursive: true);
        }

        table.Add($"{when}: ms to open", "< 200", [.. opened.Select(o => o.Milliseconds)], "N0");
        table.Add($"{when}: ms of the first read", "", [.. opened.Select(o => o.FirstRead)], "N1");
        table.Add($"{when}: memory of the process, MB", "< 150", [.. opened.Select(o => o.Resident / 1048576.0)], "N0");
        table.Add($"{when}: folder, bytes a reservation", "", [(double)ScratchFolder.Bytes(folder) / reservations], "N0");
    }
}
