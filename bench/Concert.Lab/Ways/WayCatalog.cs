using Concert.Lab.Servers;
using Concert.Lab.Ways.Guards;
using Concert.Lab.Ways.Messaging;
using Concert.Lab.Ways.Orleans;
using Concert.Lab.Ways.Ours;
using Concert.Lab.Ways.Postgres;
using Concert.Lab.Ways.Redis;
using Concert.Lab.Works;

namespace Concert.Lab.Ways;

/// <param name="Endpoints">The servers that run.</param>
/// <param name="Folder">For what the way stores itself.</param>
internal sealed record WayContext(Endpoints Endpoints, string Folder);

/// <summary>A way as the table names it.</summary>
/// <param name="Id">For <c>--ways</c>.</param>
/// <param name="Name">With where the state is.</param>
/// <param name="Needs">All of these servers.</param>
/// <param name="Durability">Null when an answer means that it is on disk; else what it means instead.</param>
/// <param name="CreateAsync">Connects.</param>
internal sealed record WayInfo(string Id, string Name, ServerKind[] Needs, string? Durability, Func<WayContext, Task<Way>> CreateAsync)
{
    /// <summary>Why it cannot do a work, by the work's id.</summary>
    public IReadOnlyDictionary<string, string> NotFor { get; init; } = new Dictionary<string, string>();

    /// <summary>It chooses the seats itself, so the buyers' own choice counts for nothing.</summary>
    public bool Picks { get; init; }

    public bool IsOurs => Id == WayCatalog.Ours;
}

internal static class WayCatalog
{
    public const string Ours = "ours";

    private static readonly ServerKind[] Nothing = [];
    private static readonly ServerKind[] Postgres = [ServerKind.Postgres];

    public static readonly IReadOnlyList<WayInfo> All =
    [
        Guarded("none", "nothing · PostgreSQL", Postgres, _ => Task.FromResult<IGuard?>(null)),
        Guarded("lock", "in-process lock · PostgreSQL", Postgres, _ => Task.FromResult<IGuard?>(new ProcessLock())),
        new("lock-sqlite", "in-process lock · SQLite", Nothing, null, context =>
            Task.FromResult<Way>(new GuardedRows(new ProcessLock(), new SqliteRows(Path.Combine(context.Folder, "rows.db"))))),
        Guarded("spin", "spin lock · PostgreSQL", Postgres, _ => Task.FromResult<IGuard?>(new SpinLocks())),
        InPostgres("for-update", "SELECT … FOR UPDATE", database => new LockedRows(database, advisory: false)),
        InPostgres("optimistic", "optimistic: version and retry · PostgreSQL", database => new OptimisticVersion(database)),
        InPostgres("conditional", "one conditional UPDATE", database => new ConditionalUpdate(database)),
        InPostgres("skip-locked", "SKIP LOCKED pick of any free seat", database => new SkipLockedPick(database)) with
        {
            Picks = true,
            NotFor = new Dictionary<string, string>
            {
                [Work.Wallet] = "there is nothing to pick: one row",
                [Work.BigWallet] = "there is nothing to pick: one row",
                [Work.Carts] = "it takes any seats, not those asked for",
            },
        },
        InPostgres("advisory", "PostgreSQL advisory lock", database => new LockedRows(database, advisory: true)),
        Guarded("redlock", "Redis lock, polled (RedLock on 3) · PostgreSQL", [ServerKind.Postgres, ServerKind.RedisLocks], async context =>
            await RedLock.ConnectAsync(context.Endpoints.Running[ServerKind.RedisLocks].Ports)),
        Guarded("redis-pubsub", "Redis lock, woken by pub/sub · PostgreSQL", [ServerKind.Postgres, ServerKind.RedisLocks], async context =>
            await PubSubLock.ConnectAsync(context.Endpoints.Port(ServerKind.RedisLocks))),
        new("redis-always", "Redis Lua script, appendfsync always", [ServerKind.RedisAlways], null, async context =>
            await RedisScript.ConnectAsync(context.Endpoints.Port(ServerKind.RedisAlways))),
        new("redis-everysec", "Redis Lua script, appendfsync everysec", [ServerKind.RedisEverySecond], "can lose the last second", async context =>
            await RedisScript.ConnectAsync(context.Endpoints.Port(ServerKind.RedisEverySecond))),
        Rabbit("rabbitmq", "RabbitMQ quorum queue, one consumer · PostgreSQL", 1),
        Rabbit("rabbitmq-batch", "RabbitMQ quorum queue, one consumer, up to 100 a transaction · PostgreSQL", 100),
        new("kafka", "Kafka log, one consumer (librdkafka's mock cluster)", Nothing, "in memory, not durable", _ => Task.FromResult<Way>(new KafkaLog())),
        Orleans("orleans", "Orleans grain, a write a call · PostgreSQL", gathering: false),
        Orleans("orleans-batch", "Orleans grain, reentrant, writes gathered · PostgreSQL", gathering: true),
        new(Ours, "**session queue + ETag store (ours)**", Nothing, null, context => Task.FromResult<Way>(new SessionQueue(context.Folder))),
    ];

    public static WayInfo Find(string id) =>
        All.FirstOrDefault(way => way.Id == id) ?? throw new ArgumentException($"There is no way {id}; there are {string.Join(", ", All.Select(way => way.Id))}.");

    private static Task<PostgresDatabase> DatabaseAsync(WayContext context, string id) =>
        PostgresDatabase.CreateAsync(context.Endpoints.PostgresServer(), "lab_" + id.Replace('-', '_'));

    private static WayInfo Guarded(string id, string name, ServerKind[] needs, Func<WayContext, Task<IGuard?>> guard) =>
        new(id, name, needs, null, async context => new GuardedRows(await guard(context), new PostgresRows(await DatabaseAsync(context, id))));

    private static WayInfo InPostgres(string id, string name, Func<PostgresDatabase, Way> create) =>
        new(id, name, Postgres, null, async context => create(await DatabaseAsync(context, id)));

    private static WayInfo Rabbit(string id, string name, int batch) => new(id, name, [ServerKind.Postgres, ServerKind.RabbitMq], null, async context =>
        await RabbitConsumer.ConnectAsync(context.Endpoints.Port(ServerKind.RabbitMq), await DatabaseAsync(context, id), batch));

    private static WayInfo Orleans(string id, string name, bool gathering) => new(id, name, Postgres, null, async context =>
        await OrleansGrains.StartAsync(await DatabaseAsync(context, id), gathering));
}
