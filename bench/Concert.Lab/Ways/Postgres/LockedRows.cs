using Concert.Lab.Works;
using Npgsql;

namespace Concert.Lab.Ways.Postgres;

/// <summary>
/// Lock, look, decide, write, commit: three round trips. The lock is the rows' own (<c>SELECT … FOR UPDATE</c>) or an advisory one of the transaction. Rows are locked
/// in the order of their numbers, whatever the order asked, so that opposite carts do not deadlock.
/// </summary>
internal sealed class LockedRows(PostgresDatabase database, bool advisory) : PostgresWay(database)
{
    private const int WalletLock = 1;
    private const int SeatLock = 2;
    private const int InventoryLock = 3;

    protected override async Task<bool?> ChangeWalletAsync(NpgsqlConnection connection, Operation operation)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var (balance, changes) = await LookAsync(
            connection, WalletLock, [1], "SELECT balance, changes FROM wallets WHERE id = 1", [], rows => (rows[0][0], rows[0][1]));
        var after = balance + operation.Amount;
        if (after < 0)
        {
            return false;
        }

        await connection.RunAsync(
            Sql.Part("UPDATE wallets SET balance = $1, changes = $2 WHERE id = 1", Sql.Of(after), Sql.Of(changes + 1)), Sql.Entry(operation, after));
        await transaction.CommitAsync();
        return true;
    }

    protected override async Task<bool?> HoldSeatsAsync(NpgsqlConnection connection, Operation operation)
    {
        int[] seats = [.. operation.Seats.Order()];
        await using var transaction = await connection.BeginTransactionAsync();
        var isFree = await LookAsync(
            connection, SeatLock, seats, "SELECT coalesce(reservation, 0) FROM seats WHERE id = ANY($1) ORDER BY id", [Sql.Of(seats)],
            rows => rows.Count == seats.Length && rows.All(row => row[0] == 0));
        if (!isFree)
        {
            return false;
        }

        await connection.RunAsync(
            Sql.Part("UPDATE seats SET reservation = $1 WHERE id = ANY($2)", Sql.Of(operation.Id), Sql.Of(seats)), Sql.Reservation(operation, seats));
        await transaction.CommitAsync();
        return true;
    }

    protected override async Task<bool?> HoldPlaceAsync(NpgsqlConnection connection, Operation operation)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var (capacity, taken) = await LookAsync(
            connection, InventoryLock, [1], "SELECT capacity, taken FROM inventories WHERE id = 1", [], rows => (rows[0][0], rows[0][1]));
        if (taken >= capacity)
        {
            return false;
        }

        await connection.RunAsync(
            Sql.Part("UPDATE inventories SET taken = $1 WHERE id = 1", Sql.Of((int)taken + 1)), Sql.Reservation(operation, []));
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>In one round trip. An advisory lock is a statement of its own: what one statement sees is settled before it waits.</summary>
    private async Task<T> LookAsync<T>(
        NpgsqlConnection connection, int kind, int[] keys, string select, NpgsqlParameter[] parameters, Func<List<long[]>, T> read)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (advisory)
        {
            batch.BatchCommands.Add(Sql.Part("SELECT pg_advisory_xact_lock($1, key) FROM unnest($2) WITH ORDINALITY AS keys (key, place) ORDER BY place", Sql.Of(kind), Sql.Of(keys)));
        }

        batch.BatchCommands.Add(Sql.Part(advisory ? select : select + " FOR UPDATE", parameters));
        await using var reader = await batch.ExecuteReaderAsync();
        if (advisory)
        {
            await reader.NextResultAsync();
        }

        var rows = new List<long[]>();
        while (await reader.ReadAsync())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToInt64(reader.GetValue(i)))]);
        }

        return read(rows);
    }
}
