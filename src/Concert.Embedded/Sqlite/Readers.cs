using System.Collections.Concurrent;

namespace Concert.Embedded.Sqlite;

/// <summary>A few connections for queries that take longer than a look at a document. What they see is on disk, and so is what they show.</summary>
internal sealed class Readers(Func<Connection> open) : IDisposable
{
    private const int Most = 4;

    private readonly ConcurrentBag<Connection> _idle = [];
    private readonly SemaphoreSlim _free = new(Most, Most);

    /// <summary>Runs a query in one snapshot, on the caller's thread.</summary>
    public async Task<Outcome<T>> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        Connection? connection = null;
        try
        {
            connection = _idle.TryTake(out var idle) ? idle : open();
            connection.Prepare("BEGIN").Run();
            try
            {
                return new Outcome<T>(read(connection), null);
            }
            finally
            {
                connection.Prepare("COMMIT").Run();
            }
        }
        catch (SqliteFault fault)
        {
            // A statement may be half-way: the next one gets a new connection.
            connection?.Dispose();
            connection = null;
            return new Outcome<T>(default!, new Fault(fault.Message));
        }
        finally
        {
            if (connection is not null)
            {
                _idle.Add(connection);
            }

            _free.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }

        _free.Dispose();
    }
}
