using Concert.Lab.Ways.Postgres;
using Concert.Lab.Works;
using Npgsql;
using Orleans.Concurrency;

namespace Concert.Lab.Ways.Orleans;

/// <summary>State in memory, read when the grain wakes, written to PostgreSQL before anybody is answered. A write that fails ends the grain: the next call reads anew.</summary>
internal abstract class HouseGrain(NpgsqlDataSource source, OpenRound open, int batch) : Grain
{
    private readonly HashSet<int> _owned = [];
    private readonly Queue<(Func<NpgsqlBatchCommand[]> Write, TaskCompletionSource Written)> _unwritten = new();
    private long _balance;
    private long _changes;
    private int _capacity;
    private int _taken;
    private bool _isWriting;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        (_balance, _changes) = await ReadAsync(connection, "SELECT balance, changes FROM wallets", cancellationToken);
        (_capacity, _taken) = ((int, int))await ReadAsync(connection, "SELECT capacity::bigint, taken::bigint FROM inventories", cancellationToken);
        await using var command = connection.Command("SELECT id FROM seats WHERE reservation IS NOT NULL");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            _owned.Add(reader.GetInt32(0));
        }
    }

    public async Task<bool> ChangeWalletAsync(int operation, long amount)
    {
        open.Check(this.GetPrimaryKeyString());
        if (_balance + amount < 0)
        {
            return false;
        }

        (_balance, _changes) = (_balance + amount, _changes + 1);
        var (balance, changes, entry) = (_balance, _changes, new Operation(operation, OperationKind.Wallet, amount, []));
        await WriteAsync(() =>
        [
            Sql.Part("UPDATE wallets SET balance = $1, changes = $2 WHERE id = 1", Sql.Of(balance), Sql.Of(changes)), Sql.Entry(entry, balance),
        ]);
        return true;
    }

    public async Task<bool> HoldSeatsAsync(int operation, int[] seats)
    {
        open.Check(this.GetPrimaryKeyString());
        if (seats.Any(_owned.Contains))
        {
            return false;
        }

        _owned.UnionWith(seats);
        var reservation = new Operation(operation, OperationKind.Seats, 0, seats);
        await WriteAsync(() =>
        [
            Sql.Part("UPDATE seats SET reservation = $1 WHERE id = ANY($2)", Sql.Of(operation), Sql.Of(seats)), Sql.Reservation(reservation, seats),
        ]);
        return true;
    }

    public async Task<bool> HoldPlaceAsync(int operation)
    {
        open.Check(this.GetPrimaryKeyString());
        if (_taken >= _capacity)
        {
            return false;
        }

        var (taken, reservation) = (++_taken, new Operation(operation, OperationKind.Place, 0, []));
        await WriteAsync(() =>
            [Sql.Part("UPDATE inventories SET taken = $1 WHERE id = 1", Sql.Of(taken)), Sql.Reservation(reservation, [])]);
        return true;
    }

    private static async Task<(long First, long Second)> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>The first to come writes for all who come meanwhile; a grain that takes one call at a time only ever has one.</summary>
    private async Task WriteAsync(Func<NpgsqlBatchCommand[]> write)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _unwritten.Enqueue((write, written));
        if (!_isWriting)
        {
            _isWriting = true;
            try
            {
                await WriteAllAsync();
            }
            finally
            {
                _isWriting = false;
            }
        }

        await written.Task;
    }

    private async Task WriteAllAsync()
    {
        while (_unwritten.Count > 0)
        {
            var some = new List<(Func<NpgsqlBatchCommand[]> Write, TaskCompletionSource Written)>();
            while (some.Count < batch && _unwritten.TryDequeue(out var next))
            {
                some.Add(next);
            }

            try
            {
                await using var connection = await source.OpenConnectionAsync();
                await connection.RunAsync([.. some.SelectMany(one => one.Write())]);
                some.ForEach(one => one.Written.TrySetResult());
            }
            catch (Exception e)
            {
                some.ForEach(one => one.Written.TrySetException(e));
                DeactivateOnIdle();
            }
        }
    }
}

internal sealed class PlainGrain(NpgsqlDataSource source, OpenRound open) : HouseGrain(source, open, 1), IPlainGrain;

[Reentrant]
internal sealed class GatheringGrain(NpgsqlDataSource source, OpenRound open) : HouseGrain(source, open, 100), IGatheringGrain;
