using System.Diagnostics;
using System.Text.Json;
using Concert.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Bench.Recovery;

/// <summary>What opening a data folder took.</summary>
/// <param name="Milliseconds">Until the backend could be used.</param>
/// <param name="Bytes">Managed memory more than before.</param>
/// <param name="Documents">Documents found.</param>
internal sealed record Opened(double Milliseconds, long Bytes, int Documents);

/// <summary>Opens a folder in a process of its own, cold, as a restart does.</summary>
internal static class OpenOnce
{
    public static void Run(string folder)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        using var backend = EmbeddedBackend.Open(new EmbeddedOptions { DataFolder = folder }, TimeProvider.System, NullLogger.Instance);
        var elapsed = watch.Elapsed.TotalMilliseconds;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine(JsonSerializer.Serialize(new Opened(elapsed, bytes, backend.Store.Count)));
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
