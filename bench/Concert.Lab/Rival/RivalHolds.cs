using Concert.Lab.Ways.Postgres;
using Npgsql;

namespace Concert.Lab.Rival;

/// <summary>
/// The holds. What everybody wants, the inventory's count, is locked as late and as shortly as the way allows: with the conditional UPDATE it is the last statement before
/// the commit.
/// </summary>
internal sealed class RivalHolds(NpgsqlDataSource source, bool forUpdate, bool equal)
{
    public const string Schema = """
        CREATE TABLE inventories (id text PRIMARY KEY, capacity int NOT NULL, price bigint NOT NULL, taken int NOT NULL DEFAULT 0);
        CREATE TABLE reservations (id uuid PRIMARY KEY, user_id text NOT NULL, inventory_id text NOT NULL, quantity int NOT NULL, total bigint NOT NULL,
          status text NOT NULL, hold_ends_at timestamptz NOT NULL, created_at timestamptz NOT NULL);
        """;

    /// <summary>What my reservations, the limit, the timer that ends holds and the history need.</summary>
    public const string EqualSchema = """
        CREATE INDEX reservations_of_user ON reservations (user_id, created_at DESC);
        CREATE INDEX holds_by_end ON reservations (hold_ends_at) WHERE status = 'HELD';
        CREATE TABLE user_places (user_id text PRIMARY KEY, live int NOT NULL);
        CREATE TABLE history (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, reservation_id uuid NOT NULL, at timestamptz NOT NULL, status text NOT NULL);
        CREATE INDEX history_of_reservation ON history (reservation_id);
        """;

    private const int MaxPerUser = 1_000_000;
    private const long Price = 10_000;
    private static readonly TimeSpan HoldFor = TimeSpan.FromHours(1);

    /// <summary>Null when there is no place left, or the user has too many.</summary>
    public async Task<HoldView?> HoldAsync(string user, string inventory, int quantity)
    {
        var (id, now) = (Guid.CreateVersion7(), TimeProvider.System.GetUtcNow());
        var view = new HoldView(id.ToString(), "HELD", inventory, quantity, Price * quantity, now + HoldFor);
        NpgsqlBatchCommand[] rows =
        [
            Sql.Part(
                "INSERT INTO reservations VALUES ($1, $2, $3, $4, $5, 'HELD', $6, $7)", Sql.Of(id), Sql.Of(user), Sql.Of(inventory), Sql.Of(quantity),
                Sql.Of(view.TotalAmount), Sql.Of(view.HoldExpiresAt), Sql.Of(now)),
            .. equal
                ? new[]
                {
                    Sql.Part("INSERT INTO history (reservation_id, at, status) VALUES ($1, $2, 'HELD')", Sql.Of(id), Sql.Of(now)),
                    Sql.Part(
                        "INSERT INTO user_places VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET live = user_places.live + $2 WHERE user_places.live + $2 <= $3",
                        Sql.Of(user), Sql.Of(quantity), Sql.Of(MaxPerUser)),
                }
                : [],
        ];
        await using var connection = await source.OpenConnectionAsync();
        return await (forUpdate ? HoldForUpdateAsync(connection, inventory, quantity, rows) : HoldConditionalAsync(connection, id, user, inventory, quantity, view, rows))
            ? view
            : null;
    }

    private static async Task<bool> HoldForUpdateAsync(NpgsqlConnection connection, string inventory, int quantity, NpgsqlBatchCommand[] rows)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var look = connection.Command("SELECT capacity - taken FROM inventories WHERE id = $1 FOR UPDATE", Sql.Of(inventory));
        if (await look.ExecuteScalarAsync() is not int left || left < quantity)
        {
            return false;
        }

        await connection.RunAsync([Sql.Part("UPDATE inventories SET taken = taken + $2 WHERE id = $1", Sql.Of(inventory), Sql.Of(quantity)), .. rows]);
        if (Array.Exists(rows, row => row.RecordsAffected != 1))
        {
            return false;
        }

        await transaction.CommitAsync();
        return true;
    }

    private async Task<bool> HoldConditionalAsync(
        NpgsqlConnection connection, Guid id, string user, string inventory, int quantity, HoldView view, NpgsqlBatchCommand[] rows)
    {
        if (!equal)
        {
            var one = Sql.Part(
                """
                WITH taken AS (UPDATE inventories SET taken = taken + $4 WHERE id = $3 AND taken + $4 <= capacity RETURNING id)
                INSERT INTO reservations SELECT $1, $2, id, $4, $5, 'HELD', $6, $7 FROM taken
                """,
                Sql.Of(id), Sql.Of(user), Sql.Of(inventory), Sql.Of(quantity), Sql.Of(view.TotalAmount), Sql.Of(view.HoldExpiresAt), Sql.Of(view.HoldExpiresAt - HoldFor));
            await connection.RunAsync(one);
            return one.RecordsAffected == 1;
        }

        await using var transaction = await connection.BeginTransactionAsync();
        NpgsqlBatchCommand[] all =
        [
            .. rows, Sql.Part("UPDATE inventories SET taken = taken + $2 WHERE id = $1 AND taken + $2 <= capacity", Sql.Of(inventory), Sql.Of(quantity)),
        ];
        await connection.RunAsync(all);
        if (Array.Exists(all, statement => statement.RecordsAffected != 1))
        {
            return false;
        }

        await transaction.CommitAsync();
        return true;
    }
}
