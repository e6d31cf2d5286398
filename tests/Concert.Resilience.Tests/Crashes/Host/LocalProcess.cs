using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Concert.Resilience.Tests.Crashes.Host;

/// <summary>The one-process host as a process of its own.</summary>
internal sealed partial class LocalProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private LocalProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException("The host ended before it listened."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IReadOnlyCollection<string> Output => _output;

    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Starts it on a port that the system picks. Whoever wants to know waits for <see cref="ListeningAsync"/> or <see cref="ExitAsync"/>.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="settings">Settings with <c>:</c> between their parts.</param>
    /// <param name="maxFileBytes">The largest file the process may write (RLIMIT_FSIZE, in blocks of 1,024), as a stand-in for a full disk.</param>
    /// <param name="more">Further arguments.</param>
    public static LocalProcess Start(string folder, IReadOnlyDictionary<string, string> settings, long? maxFileBytes = null, params string[] more)
    {
        string[] host = ["dotnet", HostAssembly.Path, "--data", folder, "--urls", "http://127.0.0.1:0", .. more];
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        if (maxFileBytes is { } limit)
        {
            // The signal that comes with the limit is ignored, so that the write fails with an error like that of a full disk.
            host = ["bash", "-c", $"trap '' XFSZ; ulimit -S -f {limit / 1024}; exec \"$@\"", "bash", .. host];
        }

        start.FileName = host[0];
        foreach (var argument in host[1..])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return new LocalProcess(start);
    }

    public int Id => _process.Id;

    public Task<Uri> ListeningAsync() => _listening.Task.WaitAsync(Patience);

    /// <summary>SIGKILL, and gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>SIGTERM; answers the exit code.</summary>
    public Task<int> StopAsync()
    {
        if (Signal(_process.Id, Terminate) != 0)
        {
            throw new InvalidOperationException("The host is not there any more.");
        }

        return ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        // Nobody may ask for it any more.
        _ = _listening.Task.Exception;
    }

    private void Read(string? line)
    {
        Keep(_output, line);
        if (line?.StartsWith("API ", StringComparison.Ordinal) == true)
        {
            _listening.TrySetResult(new Uri(new Uri(line["API ".Length..].Trim()), "/"));
        }
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (!string.IsNullOrEmpty(line))
        {
            lines.Enqueue(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);
}
