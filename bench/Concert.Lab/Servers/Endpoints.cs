namespace Concert.Lab.Servers;

/// <summary>What a way may need.</summary>
internal enum ServerKind
{
    Postgres,

    /// <summary>Three servers that keep nothing, for locks.</summary>
    RedisLocks,

    /// <summary>Synced with every write.</summary>
    RedisAlways,

    /// <summary>Synced every second.</summary>
    RedisEverySecond,
    RabbitMq,
}

/// <summary>Where a server listens, and the processes whose time it costs.</summary>
/// <param name="Ports">Of the loopback; several for a kind that is several servers.</param>
/// <param name="ProcessIds">The server's and, with them, all that it starts.</param>
internal sealed record ServerEndpoint(int[] Ports, int[] ProcessIds);

/// <summary>The servers that run, for a worker process; a kind is absent when it does not.</summary>
internal sealed record Endpoints(Dictionary<ServerKind, ServerEndpoint> Running)
{
    public int Port(ServerKind kind) => Running[kind].Ports[0];

    /// <summary>Connection string without a database.</summary>
    public string PostgresServer() => $"Host=127.0.0.1;Port={Port(ServerKind.Postgres)};Username=lab";
}
