using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Concert.Embedded.Sqlite;

/// <summary>
/// Copies the write-ahead log into the database on a thread and a connection of its own, beside the writer, so that no commit waits for it. Only for
/// the last few pages, with which the log can begin anew, the writer is kept waiting.
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    /// <summary>About 8 MB.</summary>
    private const long PagesBetween = 2000;
    private const long FewPages = 200;
    private const int MostPasses = 5;

    private readonly Connection _connection;
    private readonly ILogger _logger;
    private readonly Lock _writing = new();
    private readonly ManualResetEventSlim _mayWrite = new(true);
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private volatile bool _isStopping;
    private long _written;
    private long _begunAt;

    public Checkpointer(Connection connection, ILogger logger)
    {
        (_connection, _logger) = (connection, logger);
        _thread = new Thread(Loop) { IsBackground = true, Name = "concert-checkpoint" };
        _thread.Start();
    }

    /// <summary>Held by the writer during a transaction that writes.</summary>
    public Lock.Scope Exclude()
    {
        _mayWrite.Wait();
        return _writing.EnterScope();
    }

    /// <summary>Told how many pages have been written since the database was opened.</summary>
    public void AfterCommit(long written)
    {
        Volatile.Write(ref _written, written);
        if (written - Volatile.Read(ref _begunAt) >= PagesBetween)
        {
            _wake.Set();
        }
    }

    public void Dispose()
    {
        _isStopping = true;
        _wake.Set();
        _thread.Join();
        _connection.Dispose();
        _wake.Dispose();
        _mayWrite.Dispose();
    }

    private void Loop()
    {
        while (_wake.WaitOne() && !_isStopping)
        {
            for (var pass = 0; pass < MostPasses; pass++)
            {
                Volatile.Write(ref _begunAt, Volatile.Read(ref _written));
                if (!TryCopy() || Volatile.Read(ref _written) - _begunAt < FewPages)
                {
                    break;
                }
            }

            _mayWrite.Reset();
            lock (_writing)
            {
                Volatile.Write(ref _begunAt, Volatile.Read(ref _written));
                TryCopy();
            }

            _mayWrite.Set();
        }
    }

    private bool TryCopy()
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_connection.Handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        if (code is raw.SQLITE_OK or raw.SQLITE_BUSY)
        {
            return code == raw.SQLITE_OK;
        }

        _logger.LogWarning("The log grows until it can be copied into the database: {Fault}", SqliteFault.Of(_connection.Handle, code).Message);
        return false;
    }
}
