using Concert.Lab.Works;
using Npgsql;

namespace Concert.Lab.Ways.Postgres;

/// <summary>
/// Takes any free seat that nobody else has locked. Nobody waits for anybody; who asks for a seat of his own choice cannot use it. Counted places are a row each.
/// </summary>
internal sealed class SkipLockedPick(PostgresDatabase database) : PostgresWay(database)
{
    private const string Pick = """
        WITH picked AS (SELECT id FROM seats WHERE reservation IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED),
        taken AS (UPDATE seats SET reservation = $1 FROM picked WHERE seats.id = picked.id RETURNING seats.id)
        INSERT INTO reservations (id, buyer, seats) SELECT $1, $2, ARRAY[id] FROM taken
        """;

    public override async Task<Judging.Evidence> ReadAsync(Work work)
    {
        var evidence = await base.ReadAsync(work);
        return work.Kind == OperationKind.Place ? evidence with { Taken = evidence.Owners.Count } : evidence;
    }

    protected override async Task ResetAsync(Work work)
    {
        await Database.ExecuteAsync("CREATE INDEX IF NOT EXISTS free_seats ON seats (id) WHERE reservation IS NULL");
        await base.ResetAsync(work with { SeatCount = Math.Max(work.SeatCount, work.Capacity) });
    }

    protected override Task<bool?> ChangeWalletAsync(NpgsqlConnection connection, Operation operation) => throw new NotSupportedException();

    protected override Task<bool?> HoldSeatsAsync(NpgsqlConnection connection, Operation operation) => PickAsync(connection, operation);

    protected override Task<bool?> HoldPlaceAsync(NpgsqlConnection connection, Operation operation) => PickAsync(connection, operation);

    private static async Task<bool?> PickAsync(NpgsqlConnection connection, Operation operation)
    {
        await using var command = connection.Command(Pick, Sql.Of(operation.Id), Sql.Of(Sql.Buyer(operation)));
        return await command.ExecuteNonQueryAsync() == 1;
    }
}
