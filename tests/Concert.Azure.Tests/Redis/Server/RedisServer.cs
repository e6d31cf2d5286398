using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using StackExchange.Redis;
using Xunit;

namespace Concert.Azure.Tests.Redis.Server;

/// <summary>A redis-server process of its own on a free loopback port, without persistence.</summary>
public sealed partial class RedisServer : IAsyncDisposable
{
    private const int Continue = 18;
    private const int Stop = 19;
    private readonly string _program;
    private readonly bool _cluster;
    private readonly string _folder = Directory.CreateTempSubdirectory("concert-redis-").FullName;
    private Process? _process;
    private ConnectionMultiplexer? _client;

    private RedisServer(string program, bool cluster)
    {
        _program = program;
        _cluster = cluster;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public int Port { get; }

    /// <summary>The test's own connection, for what the app never asks.</summary>
    private IServer Admin => _client!.GetServer(IPAddress.Loopback, Port);

    /// <summary>Starts a server, or skips the test when none is installed; fails it when CONCERT_REQUIRE_SERVERS is 1.</summary>
    /// <param name="cluster">As the only node of a cluster: it owns all slots, and refuses a script that touches two.</param>
    public static async Task<RedisServer> StartAsync(bool cluster = false)
    {
        for (var attempt = 1; ; attempt++)
        {
            // The port may be taken before the server has it; then the server exits and another one is tried.
            var server = NotStarted(cluster);
            if (await server.LaunchAsync())
            {
                return server;
            }

            await server.DisposeAsync();
            if (attempt == 3)
            {
                Assert.Fail("redis-server did not start.");
            }
        }
    }

    /// <summary>An address at which nothing listens until <see cref="LaunchAsync"/>.</summary>
    public static RedisServer NotStarted(bool cluster = false)
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

        return new RedisServer(program!, cluster);
    }

    /// <summary>Starts it, for the first time or again with an empty memory; false when it ended instead.</summary>
    public async Task<bool> LaunchAsync()
    {
        string[] arguments =
        [
            "--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", _folder,
            .. _cluster ? new[] { "--cluster-enabled", "yes", "--cluster-port", $"{PortForCluster(Port)}", "--cluster-announce-ip", "127.0.0.1" } : [],
        ];
        var start = new ProcessStartInfo(_program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        _process?.Dispose();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (!await ListensAsync())
        {
            return false;
        }

        _client ??= await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{Port},allowAdmin=true,abortConnect=false,syncTimeout=30000,asyncTimeout=30000");
        if (_cluster)
        {
            await FormClusterAsync();
        }

        return true;
    }

    /// <summary>Any command.</summary>
    public Task<RedisResult> SendAsync(string command, params object[] arguments) => Admin.ExecuteAsync(command, arguments);

    /// <summary>How often it was asked to run a script since <see cref="ForgetCallsAsync"/>.</summary>
    public async Task<int> CallsAsync() => (await Admin.InfoAsync("commandstats"))
        .SelectMany(section => section)
        .Where(line => line.Key is "cmdstat_evalsha" or "cmdstat_eval")
        .Sum(line => int.Parse(line.Value.Split('=', ',')[1], CultureInfo.InvariantCulture));

    public Task ForgetCallsAsync() => Admin.ConfigResetStatisticsAsync();

    /// <summary>From now on each call of a script is written down.</summary>
    public async Task RecordAsync()
    {
        await Admin.ConfigSetAsync("slowlog-max-len", 100_000);
        await Admin.ConfigSetAsync("slowlog-log-slower-than", 0);
        await Admin.SlowlogResetAsync();
    }

    /// <summary>The calls that were recorded: the script's hash, and its keys.</summary>
    public async Task<IReadOnlyList<(string Sha1, IReadOnlyList<string> Keys)>> RecordedAsync() =>
    [
        .. from call in await Admin.SlowlogGetAsync(100_000)
           where string.Equals(call.Arguments[0], "EVALSHA", StringComparison.OrdinalIgnoreCase)
           select ((string)call.Arguments[1]!, (IReadOnlyList<string>)[.. call.Arguments.Skip(3).Take((int)call.Arguments[2]).Select(key => (string)key!)]),
    ];

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Connections stay open and nothing answers.</summary>
    public void Freeze() => Signal(_process!.Id, Stop);

    public void Thaw() => Signal(_process!.Id, Continue);

    /// <summary>Nothing can be written any more, and nothing is evicted.</summary>
    public Task FillAsync() => Admin.ConfigSetAsync("maxmemory", 1);

    /// <summary>One of the faults by its name in a theory: killed, frozen, full, read only.</summary>
    public async Task BreakAsync(string fault)
    {
        switch (fault)
        {
            case "killed":
                await KillAsync();
                break;
            case "frozen":
                Freeze();
                break;
            case "full":
                await FillAsync();
                break;
            case "read only":
                await SendAsync("REPLICAOF", "127.0.0.1", $"{Port + 1}");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, "No such fault.");
        }
    }

    public Task MakeRoomAsync() => Admin.ConfigSetAsync("maxmemory", 0);

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        if (_client is not null)
        {
            await _client.CloseAsync(allowCommandsToComplete: false);
            await _client.DisposeAsync();
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int PortForCluster(int port) => port > 55_000 ? port - 10_000 : port + 10_000;

    private async Task<bool> ListensAsync()
    {
        for (var attempt = 0; attempt < 400 && !_process!.HasExited; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(25);
            }
        }

        return false;
    }

    private async Task FormClusterAsync()
    {
        await SendAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        for (var attempt = 0; attempt < 400; attempt++)
        {
            if (((string)(await SendAsync("CLUSTER", "INFO"))!).Contains("cluster_state:ok", StringComparison.Ordinal))
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
