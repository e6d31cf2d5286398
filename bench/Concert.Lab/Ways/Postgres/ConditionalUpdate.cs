using Concert.Lab.Works;
using Npgsql;

namespace Concert.Lab.Ways.Postgres;

/// <summary>
/// One statement that changes the row only where it may be changed, and writes the entry or the reservation only where it did: one round trip, and the row is
/// locked only from there to the commit. A cart needs a transaction, for it may get only some of its seats.
/// </summary>
internal sealed class ConditionalUpdate(PostgresDatabase database) : PostgresWay(database)
{
    /// <summary>Rows affected: 1 when done, 0 when refused.</summary>
    public static NpgsqlBatchCommand Wallet(Operation operation) => Sql.Part(
        """
        WITH changed AS (UPDATE wallets SET balance = balance + $2, changes = changes + 1 WHERE id = 1 AND balance + $2 >= 0 RETURNING balance)
        INSERT INTO ledger (operation, wallet, amount, balance_after) SELECT $1, 1, $2, balance FROM changed
        """,
        Sql.Of(operation.Id), Sql.Of(operation.Amount));

    /// <summary>The same, of one seat.</summary>
    public static NpgsqlBatchCommand Seat(Operation operation) => Sql.Part(
        """
        WITH taken AS (UPDATE seats SET reservation = $1 WHERE id = $3 AND reservation IS NULL RETURNING id)
        INSERT INTO reservations (id, buyer, seats) SELECT $1, $2, ARRAY[id] FROM taken
        """,
        Sql.Of(operation.Id), Sql.Of(Sql.Buyer(operation)), Sql.Of(operation.Seats[0]));

    /// <summary>The same, of several seats, for one who is alone: all or none by what the statement saw when it began.</summary>
    public static NpgsqlBatchCommand Cart(Operation operation) => Sql.Part(
        """
        WITH taken AS (UPDATE seats SET reservation = $1 WHERE id = ANY($3)
          AND (SELECT count(*) FROM seats WHERE id = ANY($3) AND reservation IS NULL) = cardinality($3) RETURNING id)
        INSERT INTO reservations (id, buyer, seats) SELECT $1, $2, $3 WHERE EXISTS (SELECT FROM taken)
        """,
        Sql.Of(operation.Id), Sql.Of(Sql.Buyer(operation)), Sql.Of(operation.Seats));

    /// <summary>The same, of one counted place.</summary>
    public static NpgsqlBatchCommand Place(Operation operation) => Sql.Part(
        """
        WITH changed AS (UPDATE inventories SET taken = taken + 1 WHERE id = 1 AND taken < capacity RETURNING id)
        INSERT INTO reservations (id, buyer, seats) SELECT $1, $2, '{}' FROM changed
        """,
        Sql.Of(operation.Id), Sql.Of(Sql.Buyer(operation)));

    protected override Task<bool?> ChangeWalletAsync(NpgsqlConnection connection, Operation operation) => OneAsync(connection, Wallet(operation));

    protected override async Task<bool?> HoldSeatsAsync(NpgsqlConnection connection, Operation operation)
    {
        if (operation.Seats.Length == 1)
        {
            return await OneAsync(connection, Seat(operation));
        }

        int[] seats = [.. operation.Seats.Order()];
        await using var transaction = await connection.BeginTransactionAsync();
        using var update = connection.Command(
            "UPDATE seats SET reservation = $1 WHERE id = ANY($2) AND reservation IS NULL", Sql.Of(operation.Id), Sql.Of(seats));
        if (await update.ExecuteNonQueryAsync() < seats.Length)
        {
            return false;
        }

        await connection.RunAsync(Sql.Reservation(operation, seats));
        await transaction.CommitAsync();
        return true;
    }

    protected override Task<bool?> HoldPlaceAsync(NpgsqlConnection connection, Operation operation) => OneAsync(connection, Place(operation));

    private static async Task<bool?> OneAsync(NpgsqlConnection connection, NpgsqlBatchCommand statement)
    {
        await connection.RunAsync(statement);
        return statement.RecordsAffected == 1;
    }
}
