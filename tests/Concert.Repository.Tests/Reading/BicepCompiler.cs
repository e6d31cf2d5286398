using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Concert.Repository.Tests.Reading;

/// <summary>The real Bicep compiler, as a process. The one in the package of this project, or the one that <c>CONCERT_BICEP</c> names.</summary>
internal static class BicepCompiler
{
    private const string NotHere =
        "There is no Bicep compiler for this machine: the package of this project is for Linux on x64. CONCERT_BICEP=path names another (0.49 or later).";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly string? Program = Environment.GetEnvironmentVariable("CONCERT_BICEP") ??
        typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(a => a.Key == "BicepCompiler")?.Value;

    /// <summary>Skips the test where there is no compiler; fails it when CONCERT_REQUIRE_SERVERS is 1.</summary>
    public static void Require()
    {
        if (!File.Exists(Program))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CONCERT_REQUIRE_SERVERS") == "1", NotHere);
            throw new FileNotFoundException(NotHere, Program);
        }
    }

    /// <summary>Runs a command in a folder. <c>Said</c> is everything it said about the templates: empty is no error and no warning.</summary>
    public static (int ExitCode, string Said) Run(string folder, params string[] arguments)
    {
        Require();
        var start = new ProcessStartInfo(Program!, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            // The compiler is .NET itself and finds no ICU on a bare machine.
            Environment = { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" },
        };
        using var process = new Process();
        process.StartInfo = start;
        var said = new StringBuilder();
        process.OutputDataReceived += (_, e) => Append(said, e.Data);
        process.ErrorDataReceived += (_, e) => Append(said, e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"bicep {string.Join(' ', arguments)} took longer than {Patience}.");
        }

        process.WaitForExit();
        return (process.ExitCode, said.ToString().Trim());
    }

    private static void Append(StringBuilder said, string? line)
    {
        lock (said)
        {
            said.AppendLine(line);
        }
    }
}
