using System.Diagnostics;
using System.Text.Json;
using Concert.Booking.Ports;
using Concert.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Bench.Recovery;

/// <summary>What opening a data folder took.</summary>
/// <param name="Milliseconds">Until the backend could be used.</param>
/// <param name="FirstRead">Milliseconds of the first look at a document after that.</param>
/// <param name="Resident">Bytes of the whole process in memory, runtime included.</param>
internal sealed record Opened(double Milliseconds, double FirstRead, long Resident);

/// <summary>Opens a folder in a process of its own, cold, as a restart does.</summary>
internal static class OpenOnce
{
    public static async Task RunAsync(string folder)
    {
        var watch = Stopwatch.StartNew();
        using var backend = EmbeddedBackend.Open(new EmbeddedOptions { DataFolder = folder }, TimeProvider.System, NullLogger.Instance);
        var opened = watch.Elapsed.TotalMilliseconds;
        await backend.Store.ReadAsync(new PartitionRef(DocumentContainer.Wallets, "user-7"), "wallet", CancellationToken.None);
        var read = watch.Elapsed.TotalMilliseconds - opened;
        Console.WriteLine(JsonSerializer.Serialize(new Opened(opened, read, Environment.WorkingSet)));
    }

    public static async Task<Opened> InChildAsync(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["open", folder]) { RedirectStandardOutput = true, UseShellExecute = false };
        // The host's collector, not the bench's.
        start.Environment["DOTNET_gcServer"] = "0";
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return JsonSerializer.Deserialize<Opened>(output)!;
    }
}
