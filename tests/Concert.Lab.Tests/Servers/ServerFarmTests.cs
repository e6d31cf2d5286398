using System.Diagnostics;
using Concert.Lab.Servers;
using Shouldly;
using Xunit;

namespace Concert.Lab.Tests.Servers;

public sealed class ServerFarmTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Dispose_RunningServer_ProcessAndFolderAreGone()
    {
        var folder = Directory.CreateTempSubdirectory("concert-lab-tests-").FullName;
        var server = await ServerProcess.StartAsync(folder, "TERM", ["sleep", "1000"]);
        Directory.Exists($"/proc/{server.ProcessId}").ShouldBeTrue();
        await server.DisposeAsync();
        Directory.Exists($"/proc/{server.ProcessId}").ShouldBeFalse();
        Directory.Exists(folder).ShouldBeFalse();
    }

    /// <summary>Nobody is left to dispose anything: what the lab has started ends because the lab's end of its input is gone.</summary>
    [Fact]
    public async Task LabKilled_WhileItRuns_ServersAndFoldersAreGone()
    {
        await using (var farm = await ServerFarm.CreateAsync())
        {
            await RequiredServers.StartAsync(farm, ServerKind.RedisEverySecond);
        }

        var scratch = Directory.CreateTempSubdirectory("concert-lab-tests-");
        var program = Path.Combine(AppContext.BaseDirectory, "Concert.Lab.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--ways", "redis-everysec", "--works", "one-seat", "--runs", "100000"]) 
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment["TMPDIR"] = scratch.FullName;
        using var lab = Process.Start(start)!;
        while (await lab.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.StartsWith("round 1/", StringComparison.Ordinal))
        {
        }

        lab.HasExited.ShouldBeFalse();
        Processes(scratch.FullName).ShouldNotBeEmpty();
        lab.Kill();
        await UntilAsync(() => scratch.GetDirectories("concert-lab-*").Length == 0 && Processes(scratch.FullName).Count == 0);
        scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task WaitUntilReady_ServerEnds_SaysItsLastWords()
    {
        var folder = Directory.CreateTempSubdirectory("concert-lab-tests-").FullName;
        await using var server = await ServerProcess.StartAsync(folder, "TERM", ["sh", "-c", "echo no room; exit 1"]);
        var failed = await Should.ThrowAsync<ServerException>(() => server.WaitUntilReadyAsync(() => throw new IOException("nobody there")));
        failed.Message.ShouldBe("It did not start: no room");
    }

    [Fact]
    public async Task RunAsync_ProgramFails_SaysWhatItSaid() =>
        (await Should.ThrowAsync<ServerException>(() => ServerProcess.RunAsync("sh", ["-c", "echo broken >&2; exit 3"]))).Message.ShouldBe("sh ended with 3: broken");

    /// <summary>Processes whose command line has the text.</summary>
    private static List<string> Processes(string text) =>
        [.. Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])).Select(CommandLine).Where(line => line.Contains(text, StringComparison.Ordinal))];

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline"));
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return "";
        }
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Patience);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
