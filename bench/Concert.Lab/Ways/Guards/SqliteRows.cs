using Concert.Lab.Judging;
using Concert.Lab.Works;
using Microsoft.Data.Sqlite;

namespace Concert.Lab.Ways.Guards;

/// <summary>
/// Rows in a SQLite file of this process, synced with each commit (WAL, synchronous=FULL). One connection, which takes turns: SQLite has one writer anyway.
/// </summary>
internal sealed class SqliteRows : IRows
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        CREATE TABLE wallets (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, changes INTEGER NOT NULL);
        CREATE TABLE ledger (operation INTEGER PRIMARY KEY, wallet INTEGER NOT NULL, amount INTEGER NOT NULL, balance_after INTEGER NOT NULL,
          at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
        CREATE TABLE seats (id INTEGER PRIMARY KEY, price INTEGER NOT NULL, reservation INTEGER);
        CREATE TABLE inventories (id INTEGER PRIMARY KEY, capacity INTEGER NOT NULL, taken INTEGER NOT NULL);
        CREATE TABLE reservations (id INTEGER PRIMARY KEY, buyer TEXT NOT NULL, seats TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'HELD',
          at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
        """;

    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    /// <param name="file">New.</param>
    public SqliteRows(string file)
    {
        SQLitePCL.Batteries_V2.Init();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        _connection.Open();
        using var schema = new SqliteCommand(Schema, _connection);
        schema.ExecuteNonQuery();
    }

    public Task ResetAsync(Work work) => TakeTurnAsync(
        () =>
        {
            Run("BEGIN IMMEDIATE");
            foreach (var table in new[] { "wallets", "ledger", "seats", "inventories", "reservations" })
            {
                Run($"DELETE FROM {table}");
            }

            Run("INSERT INTO wallets VALUES (1, $1, 0)", work.OpeningBalance);
            Run("INSERT INTO inventories VALUES (1, $1, 0)", work.Capacity);
            for (var seat = 1; seat <= work.SeatCount; seat++)
            {
                Run("INSERT INTO seats VALUES ($1, 10000, NULL)", seat);
            }

            Run("COMMIT");
            return true;
        },
        CancellationToken.None);

    public Task<Evidence> ReadAsync(Work work) => TakeTurnAsync(
        () =>
        {
            var wallet = Rows("SELECT balance, changes FROM wallets", r => (r.GetInt64(0), r.GetInt64(1)))[0];
            return work.Kind == OperationKind.Wallet
                ? Evidence.OfWallet(wallet.Item1, wallet.Item2, Rows("SELECT operation, amount FROM ledger", r => new LedgerEntry(r.GetInt32(0), r.GetInt64(1))))
                : Evidence.OfHolds(
                    Rows("SELECT id, reservation FROM seats WHERE reservation IS NOT NULL", r => (r.GetInt32(0), r.GetInt32(1)))
                        .ToDictionary(pair => pair.Item1, pair => pair.Item2),
                    Rows("SELECT taken FROM inventories", r => r.GetInt32(0))[0],
                    Rows("SELECT id, seats FROM reservations", r => new Reservation(r.GetInt32(0), Parse(r.GetString(1)))));
        },
        CancellationToken.None);

    public Task<(long Balance, long Changes)> ReadWalletAsync(CancellationToken cancellationToken) => TakeTurnAsync(
        () => Rows("SELECT balance, changes FROM wallets WHERE id = 1", r => (r.GetInt64(0), r.GetInt64(1)))[0], cancellationToken);

    public Task WriteWalletAsync(Operation operation, long balance, long changes) => WriteAsync(() =>
    {
        Run("UPDATE wallets SET balance = $1, changes = $2 WHERE id = 1", balance, changes);
        Run("INSERT INTO ledger (operation, wallet, amount, balance_after) VALUES ($1, 1, $2, $3)", operation.Id, operation.Amount, balance);
    });

    public Task<bool> AreFreeAsync(int[] seats, CancellationToken cancellationToken) => TakeTurnAsync(
        () => seats.All(seat => Rows("SELECT reservation IS NULL FROM seats WHERE id = $1", r => r.GetBoolean(0), seat)[0]), cancellationToken);

    public Task WriteSeatsAsync(Operation operation, int[] seats) => WriteAsync(() =>
    {
        foreach (var seat in seats)
        {
            Run("UPDATE seats SET reservation = $1 WHERE id = $2", operation.Id, seat);
        }

        Reserve(operation, seats);
    });

    public Task<(int Capacity, int Taken)> ReadInventoryAsync(CancellationToken cancellationToken) => TakeTurnAsync(
        () => Rows("SELECT capacity, taken FROM inventories WHERE id = 1", r => (r.GetInt32(0), r.GetInt32(1)))[0], cancellationToken);

    public Task WritePlaceAsync(Operation operation, int taken) => WriteAsync(() =>
    {
        Run("UPDATE inventories SET taken = $1 WHERE id = 1", taken);
        Reserve(operation, []);
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var command in _prepared.Values)
        {
            await command.DisposeAsync();
        }

        await _connection.DisposeAsync();
        _turn.Dispose();
    }

    private static int[] Parse(string seats) => [.. seats.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private void Reserve(Operation operation, int[] seats) => Run(
        "INSERT INTO reservations (id, buyer, seats) VALUES ($1, $2, $3)", operation.Id, $"buyer-{operation.Id}", string.Join(',', seats));

    private Task<bool> WriteAsync(Action write) => TakeTurnAsync(
        () =>
        {
            Run("BEGIN IMMEDIATE");
            write();
            Run("COMMIT");
            return true;
        },
        CancellationToken.None);

    private async Task<T> TakeTurnAsync<T>(Func<T> use, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return use();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Run(string sql, params object[] values) => Prepare(sql, values).ExecuteNonQuery();

    private List<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, params object[] values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private SqliteCommand Prepare(string sql, object[] values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            _prepared[sql] = command = new SqliteCommand(sql, _connection);
            command.Parameters.AddRange(values.Select((value, i) => new SqliteParameter($"${i + 1}", value)));
            command.Prepare();
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return command;
    }
}
