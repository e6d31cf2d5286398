using Concert.Lab.Judging;
using Concert.Lab.Works;
using StackExchange.Redis;

namespace Concert.Lab.Ways.Redis;

/// <summary>
/// The state lives in Redis; a Lua script looks, decides and writes, and nothing comes between, for the server has one thread. With <c>appendfsync always</c> an answer
/// leaves after its command is synced; with <c>everysec</c> the last second can be lost.
/// </summary>
internal sealed class RedisScript : Way
{
    private const string Wallet = """
        local after = redis.call('HGET', KEYS[1], 'balance') + ARGV[2]
        if after < 0 then return 0 end
        redis.call('HSET', KEYS[1], 'balance', string.format('%.0f', after))
        redis.call('HINCRBY', KEYS[1], 'changes', 1)
        redis.call('RPUSH', KEYS[2], ARGV[1] .. ',' .. ARGV[2] .. ',' .. string.format('%.0f', after) .. ',' .. ARGV[3])
        return 1
        """;

    private const string Seats = """
        for i = 4, #ARGV do if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1 then return 0 end end
        for i = 4, #ARGV do redis.call('HSET', KEYS[1], ARGV[i], ARGV[1]) end
        redis.call('RPUSH', KEYS[2], ARGV[1] .. ',' .. ARGV[2] .. ',' .. ARGV[3] .. ',' .. table.concat(ARGV, ' ', 4))
        return 1
        """;

    private const string Place = """
        if redis.call('HGET', KEYS[1], 'taken') + 0 >= redis.call('HGET', KEYS[1], 'capacity') + 0 then return 0 end
        redis.call('HINCRBY', KEYS[1], 'taken', 1)
        redis.call('RPUSH', KEYS[2], ARGV[1] .. ',' .. ARGV[2] .. ',' .. ARGV[3] .. ',')
        return 1
        """;

    private static readonly RedisKey[] WalletKeys = ["wallet", "ledger"];
    private static readonly RedisKey[] SeatKeys = ["seats", "reservations"];
    private static readonly RedisKey[] PlaceKeys = ["inventory", "reservations"];

    private readonly ConnectionMultiplexer _server;

    private RedisScript(ConnectionMultiplexer server) => _server = server;

    public static async Task<RedisScript> ConnectAsync(int port) => new(await RedisConnection.OpenAsync(port));

    /// <summary>The client sends a script by its hash once the server knows it.</summary>
    public override async Task<bool> DoAsync(Operation operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var database = _server.GetDatabase();
        var result = operation.Kind switch
        {
            OperationKind.Wallet => await database.ScriptEvaluateAsync(Wallet, WalletKeys, [operation.Id, operation.Amount, at]),
            OperationKind.Seats => await database.ScriptEvaluateAsync(
                Seats, SeatKeys, [operation.Id, $"buyer-{operation.Id}", at, .. operation.Seats.Select(seat => (RedisValue)seat)]),
            _ => await database.ScriptEvaluateAsync(Place, PlaceKeys, [operation.Id, $"buyer-{operation.Id}", at]),
        };
        return (int)result == 1;
    }

    public override async Task<Evidence> ReadAsync(Work work)
    {
        var database = _server.GetDatabase();
        if (work.Kind == OperationKind.Wallet)
        {
            var ledger = await database.ListRangeAsync("ledger");
            return Evidence.OfWallet(
                (long)await database.HashGetAsync("wallet", "balance"),
                (long)await database.HashGetAsync("wallet", "changes"),
                [.. ledger.Select(entry => ((string)entry!).Split(',')).Select(parts => new LedgerEntry(int.Parse(parts[0]), long.Parse(parts[1])))]);
        }

        var owners = await database.HashGetAllAsync("seats");
        var reservations = await database.ListRangeAsync("reservations");
        return Evidence.OfHolds(
            owners.ToDictionary(owner => (int)owner.Name, owner => (int)owner.Value),
            (int)await database.HashGetAsync("inventory", "taken"),
            [.. reservations.Select(r => ((string)r!).Split(',')).Select(parts => new Reservation(
                int.Parse(parts[0]), [.. parts[3].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)]))]);
    }

    public override ValueTask DisposeAsync() => _server.DisposeAsync();

    protected override async Task ResetAsync(Work work)
    {
        foreach (var server in _server.GetServers())
        {
            await server.FlushAllDatabasesAsync();
        }

        var database = _server.GetDatabase();
        await database.HashSetAsync("wallet", [new HashEntry("balance", work.OpeningBalance), new HashEntry("changes", 0)]);
        await database.HashSetAsync("inventory", [new HashEntry("capacity", work.Capacity), new HashEntry("taken", 0)]);
    }
}
