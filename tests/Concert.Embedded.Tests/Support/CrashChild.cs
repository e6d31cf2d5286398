using System.Diagnostics;

namespace Concert.Embedded.Tests.Support;

/// <summary>This test program once more, as another process that runs one explicit test until it is killed.</summary>
internal sealed class CrashChild : IDisposable
{
    public const string FolderVariable = "CONCERT_TEST_CRASH_FOLDER";

    private readonly Process _process;

    public CrashChild(string method, string folder)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(CrashChild).Assembly.Location, "-method", method, "-explicit", "only"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [FolderVariable] = folder },
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Output += line.Data + "\n";
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output { get; private set; } = "";

    public bool HasExited => _process.HasExited;

    /// <summary>SIGKILL: nothing of the child runs any more.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
