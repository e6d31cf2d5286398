using System.Net.Sockets;
using Concert.Lab.Ways.Redis;
using Npgsql;
using RabbitMQ.Client;

namespace Concert.Lab.Servers;

/// <summary>Starts the servers that are asked for and installed, each alone in a scratch folder, and stops them all.</summary>
internal sealed class ServerFarm : IAsyncDisposable
{
    private readonly List<ServerProcess> _servers = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("concert-lab-");
    private readonly Dictionary<ServerKind, ServerEndpoint> _running = [];

    private ServerFarm()
    {
        // A server that may not run as root runs as another user, who must be able to pass through.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_001_001);
        }
    }

    /// <summary>What is missing, and in one sentence why.</summary>
    public Dictionary<ServerKind, string> Missing { get; } = [];

    public Endpoints Endpoints => new(_running);

    /// <summary>Its folder is kept like a server, of which it is the last to go: it goes also when this program is killed.</summary>
    public static async Task<ServerFarm> CreateAsync()
    {
        var farm = new ServerFarm();
        await farm.StartAsync(farm._folder.FullName, "TERM", ["sleep", "infinity"], null);
        return farm;
    }

    /// <summary>For what else needs one; removed at the end.</summary>
    public string NewFolder(string name) => _folder.CreateSubdirectory($"{name}-{_folder.GetDirectories().Length}").FullName;

    public static bool IsInstalled(ServerKind kind) => Find(kind).Program is not null;

    /// <summary>Never throws: what does not start is missing.</summary>
    public async Task StartAsync(ServerKind kind)
    {
        var (package, program) = Find(kind);
        if (program is null)
        {
            Missing[kind] = $"not installed: apt-get install {package}";
            return;
        }

        try
        {
            _running[kind] = kind switch
            {
                ServerKind.Postgres => await StartPostgresAsync(program),
                ServerKind.RabbitMq => await StartRabbitMqAsync(program),
                ServerKind.RedisLocks => Together(await StartRedisAsync(program, null), await StartRedisAsync(program, null), await StartRedisAsync(program, null)),
                ServerKind.RedisAlways => await StartRedisAsync(program, "always"),
                _ => await StartRedisAsync(program, "everysec"),
            };
        }
        catch (Exception e) when (e is ServerException or IOException or System.ComponentModel.Win32Exception)
        {
            Missing[kind] = e.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Debian's package, and the program; null when it is not there.</summary>
    private static (string Package, string? Program) Find(ServerKind kind) => kind switch
    {
        ServerKind.Postgres => ("postgresql", PostgresProgram("postgres")),
        ServerKind.RabbitMq => ("rabbitmq-server", Programs.FirstOf("/usr/lib/rabbitmq/bin/rabbitmq-server")),
        _ => ("redis-server", Programs.OnPath("redis-server")),
    };

    private static ServerEndpoint Together(params ServerEndpoint[] endpoints) =>
        new([.. endpoints.SelectMany(e => e.Ports)], [.. endpoints.SelectMany(e => e.ProcessIds)]);

    /// <summary>The newest version that Debian has put there, else what the path has.</summary>
    private static string? PostgresProgram(string name) =>
        Programs.FirstOf(Directory.Exists("/usr/lib/postgresql")
            ? [.. Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => double.TryParse(Path.GetFileName(d), out var v) ? v : 0).Select(d => $"{d}/bin/{name}")]
            : [])
        ?? Programs.OnPath(name);

    /// <summary>As shipped in what makes a commit durable (fsync, synchronous_commit); a little more memory, and a checkpoint of its own before each round.</summary>
    private async Task<ServerEndpoint> StartPostgresAsync(string program)
    {
        var (folder, port) = (NewFolder("postgres"), FreePort.Next());
        var data = Path.Combine(folder, "data");
        string[] user = [];
        if (Environment.UserName == "root")
        {
            // PostgreSQL refuses to run as root.
            await ServerProcess.RunAsync("chown", ["postgres", folder]);
            user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
        }

        string[] create = [.. user, PostgresProgram("initdb")!, "-D", data, "-U", "lab", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"];
        await ServerProcess.RunAsync(create[0], create[1..]);
        string[] settings =
        [
            "fsync=on", "synchronous_commit=on", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=400", "shared_buffers=256MB",
            "max_wal_size=4GB", "checkpoint_timeout=30min", "log_min_messages=fatal",
        ];
        var server = await StartAsync(
            folder, "INT", [.. user, program, "-D", data, "-p", $"{port}", .. settings.SelectMany(setting => new[] { "-c", setting })], null);
        var endpoint = new ServerEndpoint([port], [server.ProcessId]);
        await server.WaitUntilReadyAsync(async () =>
        {
            await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={port};Username=lab;Database=postgres;Pooling=false");
            await using var connection = await source.OpenConnectionAsync();
        });
        return endpoint;
    }

    /// <param name="program">redis-server.</param>
    /// <param name="fsync">Of the append-only file; null to keep nothing.</param>
    private async Task<ServerEndpoint> StartRedisAsync(string program, string? fsync)
    {
        var (folder, port) = (NewFolder("redis"), FreePort.Next());
        string[] keep = fsync is null ? ["--appendonly", "no"] : ["--appendonly", "yes", "--appendfsync", fsync, "--auto-aof-rewrite-percentage", "0"];
        var server = await StartAsync(
            folder, "TERM", [program, "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--daemonize", "no", "--dir", folder, .. keep], null);
        await server.WaitUntilReadyAsync(async () =>
        {
            await using var connection = await RedisConnection.OpenAsync(port);
            await connection.GetDatabase().PingAsync();
        });
        return new ServerEndpoint([port], [server.ProcessId]);
    }

    /// <summary>With a port mapper of its own, which the node would otherwise start and leave behind.</summary>
    private async Task<ServerEndpoint> StartRabbitMqAsync(string program)
    {
        var (folder, port, mapper) = (NewFolder("rabbitmq"), FreePort.Next(), FreePort.Next());
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = folder,
            ["ERL_EPMD_PORT"] = $"{mapper}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = $"lab{port}@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = $"{port}",
            ["RABBITMQ_DIST_PORT"] = $"{FreePort.Next()}",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(folder, "logs"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "plugins"),
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(folder, "rabbitmq"),
        };
        await File.WriteAllTextAsync(Path.Combine(folder, "plugins"), "[].");
        await File.WriteAllTextAsync(Path.Combine(folder, "rabbitmq.conf"), "disk_free_limit.absolute = 50MB\n");
        var portMapper = await StartAsync(NewFolder("epmd"), "TERM", [Programs.OnPath("epmd")!, "-port", $"{mapper}", "-address", "127.0.0.1"], null);
        await portMapper.WaitUntilReadyAsync(async () =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", mapper);
        });
        var server = await StartAsync(folder, "TERM", [program], environment);
        await server.WaitUntilReadyAsync(async () =>
        {
            await using var connection = await new ConnectionFactory { HostName = "127.0.0.1", Port = port }.CreateConnectionAsync();
        });
        return new ServerEndpoint([port], [server.ProcessId]);
    }

    private async Task<ServerProcess> StartAsync(string folder, string signal, string[] command, Dictionary<string, string>? environment)
    {
        var server = await ServerProcess.StartAsync(folder, signal, command, environment);
        _servers.Add(server);
        return server;
    }
}
