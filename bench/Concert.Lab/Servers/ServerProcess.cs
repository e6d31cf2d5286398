using System.Diagnostics;

namespace Concert.Lab.Servers;

/// <summary>
/// A server in a scratch folder of its own. A shell keeps it: when this program is gone, however it ended, the shell's input ends, and it stops the server with all that
/// the server has started and removes the folder.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Keeper = """
        exec 2>/dev/null
        trap : INT TERM HUP
        folder=$1; signal=$2; shift 2
        setsid "$@" >"$folder/log" 2>&1 </dev/null &
        server=$!
        echo $server
        cat >/dev/null
        kill -"$signal" $server 2>/dev/null
        (sleep 15; kill -KILL -$server) >/dev/null 2>&1 & patience=$!
        wait $server
        kill -KILL $patience -$server 2>/dev/null
        for try in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$folder" 2>/dev/null && break; sleep 1; done
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly Process _keeper;

    private ServerProcess(Process keeper, string folder, int processId) => (_keeper, Folder, ProcessId) = (keeper, folder, processId);

    public string Folder { get; }

    public int ProcessId { get; }

    /// <param name="folder">Removed at the end.</param>
    /// <param name="signal">What stops it: TERM, INT, KILL.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">Beside this process's own.</param>
    public static async Task<ServerProcess> StartAsync(
        string folder, string signal, IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Keeper, "keeper", folder, signal, .. command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var keeper = Process.Start(start)!;
        return new ServerProcess(keeper, folder, int.Parse((await keeper.StandardOutput.ReadLineAsync())!));
    }

    /// <summary>Returns when the probe no longer throws; throws with the server's last words when it never does.</summary>
    public async Task WaitUntilReadyAsync(Func<Task> probe)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await probe();
                return;
            }
            catch (Exception e) when (Stopwatch.GetElapsedTime(start) < Patience && Directory.Exists($"/proc/{ProcessId}"))
            {
                _ = e;
                await Task.Delay(100);
            }
            catch (Exception e)
            {
                throw new ServerException($"It did not start: {LastWords() ?? e.Message}", e);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }

    /// <summary>Runs a program to its end; throws with what it said when it fails.</summary>
    public static async Task RunAsync(string program, IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new ServerException($"{program} ended with {process.ExitCode}: {$"{await error}{await output}".Trim()}");
        }
    }

    private string? LastWords()
    {
        var log = Path.Combine(Folder, "log");
        return File.Exists(log) && File.ReadAllLines(log) is { Length: > 0 } lines ? string.Join(" / ", lines.TakeLast(3)) : null;
    }
}

/// <summary>A server could not be started, in one sentence.</summary>
internal sealed class ServerException : Exception
{
    public ServerException()
    {
    }

    public ServerException(string message)
        : base(message)
    {
    }

    public ServerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
