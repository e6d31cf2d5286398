using Concert.Lab.Judging;
using Concert.Lab.Works;
using Npgsql;

namespace Concert.Lab.Ways.Postgres;

/// <summary>
/// A database of one way's own: pooled connections, statements prepared on each, synchronous commits. A few more connections than processors: with more of
/// them a contended row gets slower, not faster.
/// </summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private const int Connections = 16;

    private const string Schema = """
        CREATE TABLE wallets (id int PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0), changes bigint NOT NULL);
        CREATE TABLE ledger (operation int PRIMARY KEY, wallet int NOT NULL, amount bigint NOT NULL, balance_after bigint NOT NULL,
          at timestamptz NOT NULL DEFAULT now());
        CREATE TABLE seats (id int PRIMARY KEY, price bigint NOT NULL, reservation int, version int NOT NULL DEFAULT 0);
        CREATE TABLE inventories (id int PRIMARY KEY, capacity int NOT NULL, taken int NOT NULL, version int NOT NULL DEFAULT 0);
        CREATE TABLE reservations (id int PRIMARY KEY, buyer text NOT NULL, seats int[] NOT NULL, status text NOT NULL DEFAULT 'HELD',
          at timestamptz NOT NULL DEFAULT now());
        """;

    private PostgresDatabase(NpgsqlDataSource source) => Source = source;

    public NpgsqlDataSource Source { get; }

    /// <param name="server">Connection string of the server.</param>
    /// <param name="name">The database's; made anew.</param>
    public static async Task<PostgresDatabase> CreateAsync(string server, string name)
    {
        await using (var maintenance = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server) { Database = "postgres", Pooling = false }))
        {
            await ExecuteAsync(maintenance, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            await ExecuteAsync(maintenance, $"CREATE DATABASE {name}");
        }

        // Whoever waits for a connection waits as long as the work lasts, as a buyer behind a long line does.
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server)
        {
            Database = name,
            MaxPoolSize = Connections,
            MinPoolSize = Connections,
            Timeout = 600,
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 1,
            NoResetOnClose = true,
        });
        await ExecuteAsync(source, Schema);
        return new PostgresDatabase(source);
    }

    public Task ExecuteAsync(string sql) => ExecuteAsync(Source, sql);

    public async Task ResetAsync(Work work)
    {
        await ExecuteAsync("TRUNCATE wallets, ledger, seats, inventories, reservations");
        await ExecuteAsync($"INSERT INTO wallets VALUES (1, {work.OpeningBalance}, 0)");
        await ExecuteAsync($"INSERT INTO inventories VALUES (1, {work.Capacity}, 0)");
        await ExecuteAsync($"INSERT INTO seats SELECT i, 10000 FROM generate_series(1, {work.SeatCount}) i");
        await ExecuteAsync("VACUUM ANALYZE wallets, ledger, seats, inventories, reservations");
        await ExecuteAsync("CHECKPOINT");
    }

    /// <summary>As of one moment: what a time limit cut off may still be on its way.</summary>
    public async Task<Evidence> ReadAsync(Work work)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var moment = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        if (work.Kind == OperationKind.Wallet)
        {
            var (balance, changes) = (await QueryAsync(connection, "SELECT balance, changes FROM wallets", r => (r.GetInt64(0), r.GetInt64(1))))[0];
            return Evidence.OfWallet(balance, changes, await QueryAsync(connection, "SELECT operation, amount FROM ledger", r => new LedgerEntry(r.GetInt32(0), r.GetInt64(1))));
        }

        var owners = await QueryAsync(connection, "SELECT id, reservation FROM seats WHERE reservation IS NOT NULL", r => (r.GetInt32(0), r.GetInt32(1)));
        var taken = await QueryAsync(connection, "SELECT taken FROM inventories", r => r.GetInt32(0));
        var reservations = await QueryAsync(connection, "SELECT id, seats FROM reservations", r => new Reservation(r.GetInt32(0), r.GetFieldValue<int[]>(1)));
        return Evidence.OfHolds(owners.ToDictionary(pair => pair.Item1, pair => pair.Item2), taken[0], reservations);
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<List<T>> QueryAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = connection.Command(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
