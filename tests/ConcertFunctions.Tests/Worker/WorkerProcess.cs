using System.Collections.Concurrent;
using System.Diagnostics;
using ConcertFunctions.Tests.Metadata;

namespace ConcertFunctions.Tests.Worker;

/// <summary>The built app as a process of its own.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly ConcurrentQueue<string> _output = [];

    private WorkerProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>What it wrote to standard error.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>What it wrote to standard output.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts it as the host does, with these settings and nothing else of this process's environment that is a setting of the app.</summary>
    public static WorkerProcess Start(Uri host, IEnumerable<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = BuiltApp.Folder,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "ConcertFunctions.dll", "--host", host.Host, "--port", $"{host.Port}", "--workerId", "the-worker", "--requestId", "the-request",
                "--grpcMaxMessageLength", "134217728", "--functions-uri", host.ToString(), "--functions-worker-id", "the-worker",
                "--functions-request-id", "the-request", "--functions-grpc-max-message-length", "134217728",
            },
        };
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = BuiltApp.Folder;
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = BuiltApp.Folder;
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return new WorkerProcess(start);
    }

    /// <summary>Waits for its end; its exit code and what it wrote to standard error.</summary>
    public async Task<(int Code, string Errors)> EndAsync(TimeSpan patience)
    {
        await _process.WaitForExitAsync().WaitAsync(patience);
        return (_process.ExitCode, Errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (!string.IsNullOrEmpty(line))
        {
            lines.Enqueue(line);
        }
    }
}
