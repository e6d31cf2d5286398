using Concert.Lab.Judging;
using Concert.Lab.Works;
using Npgsql;

namespace Concert.Lab.Ways.Postgres;

/// <summary>A way that leaves concurrency to the database. Isolation is READ COMMITTED unless it says otherwise: each takes the locks it needs itself.</summary>
internal abstract class PostgresWay(PostgresDatabase database) : Way
{
    private const int MaxTries = 1_000;

    protected PostgresDatabase Database => database;

    public override async Task<bool> DoAsync(Operation operation, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            try
            {
                await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
                var answer = operation.Kind switch
                {
                    OperationKind.Wallet => await ChangeWalletAsync(connection, operation),
                    OperationKind.Seats => await HoldSeatsAsync(connection, operation),
                    _ => await HoldPlaceAsync(connection, operation),
                };
                if (answer is { } isDone)
                {
                    return isDone;
                }
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // The transaction is rolled back: what it is about is tried again.
            }

            CountRetry();
            await Backoff.WaitAsync(attempt, 1, 50, cancellationToken);
        }

        throw new TimeoutException($"Gave up after {MaxTries} tries.");
    }

    public override Task<Evidence> ReadAsync(Work work) => database.ReadAsync(work);

    public override ValueTask DisposeAsync() => database.DisposeAsync();

    protected override Task ResetAsync(Work work) => database.ResetAsync(work);

    /// <summary>Null to try again.</summary>
    protected abstract Task<bool?> ChangeWalletAsync(NpgsqlConnection connection, Operation operation);

    protected abstract Task<bool?> HoldSeatsAsync(NpgsqlConnection connection, Operation operation);

    protected abstract Task<bool?> HoldPlaceAsync(NpgsqlConnection connection, Operation operation);
}
