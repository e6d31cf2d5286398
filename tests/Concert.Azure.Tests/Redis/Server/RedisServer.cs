using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Xunit;

namespace Concert.Azure.Tests.Redis.Server;

/// <summary>A redis-server process of its own on a free loopback port, without persistence.</summary>
public sealed partial class RedisServer : IAsyncDisposable
{
    private const int Continue = 18;
    private const int Stop = 19;
    private readonly Process _process;

    private readonly string _folder;

    private RedisServer(Process process, int port, string folder)
    {
        _process = process;
        _folder = folder;
        Port = port;
        Scripts = new RespScripts(port);
    }

    public int Port { get; }

    public RespScripts Scripts { get; }

    /// <summary>Starts a server, or skips the test when none is installed; fails it when CONCERT_REQUIRE_SERVERS is 1.</summary>
    /// <param name="cluster">As the only node of a cluster: it owns all slots, and refuses a script that touches two.</param>
    public static async Task<RedisServer> StartAsync(bool cluster = false)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "redis-server.exe" : "redis-server"))
            .FirstOrDefault(File.Exists);
        if (program is null)
        {
            const string Reason = "redis-server is not on the PATH.";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CONCERT_REQUIRE_SERVERS") == "1", Reason);
            Assert.Fail(Reason);
        }

        for (var attempt = 1; ; attempt++)
        {
            var server = Launch(program!, cluster);
            if (await server.IsReadyAsync())
            {
                if (cluster)
                {
                    await server.FormClusterAsync();
                }

                return server;
            }

            await server.DisposeAsync();
            if (attempt == 3)
            {
                Assert.Fail("redis-server did not start.");
            }
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Connections stay open and nothing answers.</summary>
    public void Freeze() => Signal(_process.Id, Stop);

    public void Thaw() => Signal(_process.Id, Continue);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await Scripts.DisposeAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static RedisServer Launch(string program, bool cluster)
    {
        // The port may be taken before the server has it; then the server exits and another one is tried.
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var folder = Directory.CreateTempSubdirectory("concert-redis-").FullName;
        string[] arguments =
        [
            "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", folder,
            .. cluster ? new[] { "--cluster-enabled", "yes", "--cluster-port", $"{PortForCluster(port)}" } : [],
        ];
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new RedisServer(process, port, folder);
    }

    private static int PortForCluster(int port) => port > 55_000 ? port - 10_000 : port + 10_000;

    private async Task<bool> IsReadyAsync()
    {
        for (var attempt = 0; attempt < 200 && !_process.HasExited; attempt++)
        {
            try
            {
                await Scripts.SendAsync("PING");
                return true;
            }
            catch (Exception notYet) when (notYet is SocketException or IOException or RedisErrorException)
            {
                await Task.Delay(25);
            }
        }

        return false;
    }

    private async Task FormClusterAsync()
    {
        await Scripts.SendAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        for (var attempt = 0; attempt < 400; attempt++)
        {
            if ((await Scripts.SendAsync("CLUSTER", "INFO")).AsText().Contains("cluster_state:ok", StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(25);
        }

        Assert.Fail("The cluster of one node did not form.");
    }

    private static void Signal(int process, int signal) => Assert.Equal(0, Kill(process, signal));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
