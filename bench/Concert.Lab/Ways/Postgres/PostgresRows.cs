using Concert.Lab.Judging;
using Concert.Lab.Ways.Guards;
using Concert.Lab.Works;

namespace Concert.Lab.Ways.Postgres;

/// <summary>Rows in PostgreSQL: a read, and a write of two statements in one transaction and round trip.</summary>
internal sealed class PostgresRows(PostgresDatabase database) : IRows
{
    public Task ResetAsync(Work work) => database.ResetAsync(work);

    public Task<Evidence> ReadAsync(Work work) => database.ReadAsync(work);

    public async Task<(long Balance, long Changes)> ReadWalletAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command("SELECT balance, changes FROM wallets WHERE id = 1");
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        await reader.ReadAsync(CancellationToken.None);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    public async Task WriteWalletAsync(Operation operation, long balance, long changes)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await connection.RunAsync(
            Sql.Part("UPDATE wallets SET balance = $1, changes = $2 WHERE id = 1", Sql.Of(balance), Sql.Of(changes)), Sql.Entry(operation, balance));
    }

    public async Task<bool> AreFreeAsync(int[] seats, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command("SELECT count(*) FROM seats WHERE id = ANY($1) AND reservation IS NULL", Sql.Of(seats));
        return (long)(await command.ExecuteScalarAsync(CancellationToken.None))! == seats.Length;
    }

    public async Task WriteSeatsAsync(Operation operation, int[] seats)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await connection.RunAsync(
            Sql.Part("UPDATE seats SET reservation = $1 WHERE id = ANY($2)", Sql.Of(operation.Id), Sql.Of(seats)), Sql.Reservation(operation, seats));
    }

    public async Task<(int Capacity, int Taken)> ReadInventoryAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command("SELECT capacity, taken FROM inventories WHERE id = 1");
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        await reader.ReadAsync(CancellationToken.None);
        return (reader.GetInt32(0), reader.GetInt32(1));
    }

    public async Task WritePlaceAsync(Operation operation, int taken)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await connection.RunAsync(
            Sql.Part("UPDATE inventories SET taken = $1 WHERE id = 1", Sql.Of(taken)), Sql.Reservation(operation, []));
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
