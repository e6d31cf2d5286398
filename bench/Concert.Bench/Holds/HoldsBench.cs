using System.Diagnostics;
using Concert.Bench.Service;
using Spectre.Console;

namespace Concert.Bench.Holds;

/// <summary>From the first request to the last committed hold, in process, on a data folder.</summary>
internal static class HoldsBench
{
    private const int SeatsPerSection = 100;
    private const string Goal = ">= 5,000";

    public static async Task RunAsync(IAnsiConsole console, int holds, int rounds)
    {
        var (seats, places) = (new List<double>(), new List<double>());
        for (var i = -1; i < rounds; i++)
        {
            var (forSeats, forPlaces) = (await RoundAsync(holds, seats: true), await RoundAsync(holds, seats: false));
            // The first round warms up.
            if (i >= 0)
            {
                seats.Add(forSeats);
                places.Add(forPlaces);
            }
        }

        var table = new ResultTable($"{holds:N0} holds a round, {rounds} rounds");
        table.Add("seats: holds decided/s", Goal, seats, "N0");
        table.Add("general admission: holds decided/s", Goal, places, "N0");
        table.WriteTo(console);
    }

    private static async Task<double> RoundAsync(int holds, bool seats)
    {
        using var folder = new ScratchFolder();
        await using var venue = await Venue.OpenAsync(
            folder.Sub("data"), seats ? (holds / SeatsPerSection, SeatsPerSection) : default, seats ? default : (10, holds));
        var watch = Stopwatch.StartNew();
        await Crowd.AskAsync(venue, holds, seats);
        await venue.DrainAsync();
        var elapsed = watch.Elapsed;
        return await venue.HeldAsync() == holds ? holds / elapsed.TotalSeconds : throw new InvalidOperationException("Not everybody got a hold.");
    }
}
