using Concert.Lab.Works;
using Npgsql;

namespace Concert.Lab.Ways.Postgres;

/// <summary>Statements with typed parameters $1, $2, …</summary>
internal static class Sql
{
    public const string InsertEntry = "INSERT INTO ledger (operation, wallet, amount, balance_after) VALUES ($1, 1, $2, $3)";
    public const string InsertReservation = "INSERT INTO reservations (id, buyer, seats) VALUES ($1, $2, $3)";

    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        return command;
    }

    public static NpgsqlBatchCommand Part(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }

    /// <summary>Several statements in one round trip; outside a transaction they are one.</summary>
    public static async Task<NpgsqlBatch> RunAsync(this NpgsqlConnection connection, params NpgsqlBatchCommand[] parts)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var part in parts)
        {
            batch.BatchCommands.Add(part);
        }

        await batch.ExecuteNonQueryAsync();
        return batch;
    }

    public static NpgsqlParameter Of<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    public static string Buyer(Operation operation) => $"buyer-{operation.Id}";

    public static NpgsqlBatchCommand Entry(Operation operation, long balanceAfter) =>
        Part(InsertEntry, Of(operation.Id), Of(operation.Amount), Of(balanceAfter));

    public static NpgsqlBatchCommand Reservation(Operation operation, int[] seats) =>
        Part(InsertReservation, Of(operation.Id), Of(Buyer(operation)), Of(seats));
}
