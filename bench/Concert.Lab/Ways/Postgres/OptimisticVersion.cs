using Concert.Lab.Works;
using Npgsql;

namespace Concert.Lab.Ways.Postgres;

/// <summary>Look without a lock, decide, write where the version is still the one that was seen; otherwise again after a short random wait.</summary>
internal sealed class OptimisticVersion(PostgresDatabase database) : PostgresWay(database)
{
    protected override async Task<bool?> ChangeWalletAsync(NpgsqlConnection connection, Operation operation)
    {
        // The count of changes is the version.
        var (balance, version) = await ReadAsync(connection, "SELECT balance, changes FROM wallets WHERE id = 1");
        var after = balance + operation.Amount;
        return after < 0
            ? false
            : await WriteAsync(
                connection,
                """
                WITH changed AS (UPDATE wallets SET balance = $3, changes = changes + 1 WHERE id = 1 AND changes = $4 RETURNING id)
                INSERT INTO ledger (operation, wallet, amount, balance_after) SELECT $1, 1, $2, $3 FROM changed
                """,
                Sql.Of(operation.Id), Sql.Of(operation.Amount), Sql.Of(after), Sql.Of(version));
    }

    protected override async Task<bool?> HoldSeatsAsync(NpgsqlConnection connection, Operation operation)
    {
        int[] seats = [.. operation.Seats.Order()];
        var versions = new List<int>();
        await using (var look = connection.Command("SELECT version, reservation IS NULL FROM seats WHERE id = ANY($1) ORDER BY id", Sql.Of(seats)))
        {
            await using var reader = await look.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                if (!reader.GetBoolean(1))
                {
                    return false;
                }

                versions.Add(reader.GetInt32(0));
            }
        }

        if (seats.Length == 1)
        {
            return await WriteAsync(
                connection,
                """
                WITH taken AS (UPDATE seats SET reservation = $1, version = version + 1 WHERE id = $3 AND version = $4 RETURNING id)
                INSERT INTO reservations (id, buyer, seats) SELECT $1, $2, ARRAY[id] FROM taken
                """,
                Sql.Of(operation.Id), Sql.Of(Sql.Buyer(operation)), Sql.Of(seats[0]), Sql.Of(versions[0]));
        }

        await using var transaction = await connection.BeginTransactionAsync();
        using var update = connection.Command(
            "UPDATE seats SET reservation = $1, version = seats.version + 1 FROM unnest($2, $3) AS seen (id, version) WHERE seats.id = seen.id AND seats.version = seen.version",
            Sql.Of(operation.Id), Sql.Of(seats), Sql.Of(versions.ToArray()));
        if (await update.ExecuteNonQueryAsync() < seats.Length)
        {
            return null;
        }

        await connection.RunAsync(Sql.Reservation(operation, seats));
        await transaction.CommitAsync();
        return true;
    }

    protected override async Task<bool?> HoldPlaceAsync(NpgsqlConnection connection, Operation operation)
    {
        var (left, version) = await ReadAsync(connection, "SELECT (capacity - taken)::bigint, version::bigint FROM inventories WHERE id = 1");
        return left <= 0
            ? false
            : await WriteAsync(
                connection,
                """
                WITH changed AS (UPDATE inventories SET taken = taken + 1, version = version + 1 WHERE id = 1 AND version = $3 RETURNING id)
                INSERT INTO reservations (id, buyer, seats) SELECT $1, $2, '{}' FROM changed
                """,
                Sql.Of(operation.Id), Sql.Of(Sql.Buyer(operation)), Sql.Of((int)version));
    }

    private static async Task<(long First, long Second)> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = connection.Command(sql);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private static async Task<bool?> WriteAsync(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = connection.Command(sql, parameters);
        return await command.ExecuteNonQueryAsync() == 1 ? true : null;
    }
}
