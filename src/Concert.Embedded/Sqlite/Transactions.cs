using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Concert.Embedded.Sqlite;

/// <summary>Runs pieces of work in transactions on the writer's connection.</summary>
/// <param name="connection">The writer's.</param>
/// <param name="checkpointer">Kept away from each transaction that writes; none in memory.</param>
/// <param name="beforeCommit">See <see cref="WriterSettings"/>.</param>
/// <param name="ended">Called when a transaction has ended, before anybody is told.</param>
/// <param name="logger">Told when nothing can be written, and when it can again.</param>
internal sealed class Transactions(Connection connection, Checkpointer? checkpointer, Action? beforeCommit, Action ended, ILogger logger) : IDisposable
{
    private const int AnsweredTogether = 4;

    private volatile string? _fault;

    private readonly Statement _beginRead = new(connection.Handle, "BEGIN");
    private readonly Statement _beginWrite = new(connection.Handle, "BEGIN IMMEDIATE");
    private readonly Statement _commit = new(connection.Handle, "COMMIT");
    private readonly Statement _rollback = new(connection.Handle, "ROLLBACK");

    /// <summary>Writes something that changes nothing.</summary>
    public ProbeWork Probe { get; } = new(connection.Handle);

    /// <summary>The fault that keeps anything from being written: set before any caller learns of it, cleared before the first commit that succeeds is answered.</summary>
    public string? Fault => _fault;

    /// <summary>Reads everything in one snapshot and answers at once, for what it saw is on disk.</summary>
    public void Read(IReadOnlyList<Work> reads)
    {
        try
        {
            _beginRead.Run();
        }
        catch (SqliteFault fault)
        {
            Fail(reads, new Fault(fault.Message));
            Answer(reads);
            return;
        }

        foreach (var read in reads)
        {
            try
            {
                read.Run();
                read.Done();
            }
            catch (SqliteFault fault)
            {
                logger.LogError(fault, "The database could not be read.");
                read.Failed(new Fault(fault.Message));
            }
        }

        EndRead();
        Answer(reads);
    }

    /// <summary>Writes everything or nothing.</summary>
    public void Write(IReadOnlyList<Work> writes)
    {
        if (checkpointer is null)
        {
            WriteNow(writes);
            return;
        }

        using (checkpointer.Exclude())
        {
            WriteNow(writes);
            checkpointer.AfterCommit(connection.PagesWritten);
        }
    }

    public void Dispose()
    {
        _beginRead.Dispose();
        _beginWrite.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        Probe.Dispose();
    }

    private void WriteNow(IReadOnlyList<Work> writes)
    {
        var (fault, isUnknown) = TryWrite(writes);
        ended();
        if (fault is null)
        {
            Report(null);
            foreach (var write in writes)
            {
                write.Done();
            }

            Answer(writes);
        }
        else if (fault.IsOfTheDisk || writes.Count == 1)
        {
            Report(fault);
            Fail(writes, new Fault(fault.Message, isUnknown));
            Answer(writes);
        }
        else
        {
            // One of them is at fault: the others must not suffer for it.
            foreach (var write in writes)
            {
                WriteNow([write]);
            }
        }
    }

    private void Report(SqliteFault? fault)
    {
        if (fault is { IsOfTheDisk: false })
        {
            logger.LogError(fault, "A write failed.");
        }
        else if (fault is not null && _fault is null)
        {
            logger.LogError(fault, "Commands and commits are refused until the database can be written.");
        }
        else if (fault is null && _fault is not null)
        {
            logger.LogInformation("The database can be written again.");
        }

        _fault = fault is null or { IsOfTheDisk: false } ? null : fault.Message;
    }

    private (SqliteFault? Fault, bool IsUnknown) TryWrite(IReadOnlyList<Work> writes)
    {
        var (isCommitting, begun) = (false, 0);
        try
        {
            _beginWrite.Run();
            foreach (var write in writes)
            {
                begun++;
                write.Run();
            }

            beforeCommit?.Invoke();
            isCommitting = true;
            _commit.Run();
        }
        catch (SqliteFault fault)
        {
            Rollback();
            while (begun > 0)
            {
                writes[--begun].RolledBack();
            }

            return (fault, isCommitting && !fault.IsKnown);
        }

        return (null, false);
    }

    /// <summary>There is nothing to commit, but a rollback would make SQLite prepare every statement anew.</summary>
    private void EndRead()
    {
        try
        {
            _commit.Run();
        }
        catch (SqliteFault fault)
        {
            logger.LogError(fault, "A read transaction could not be closed.");
            Rollback();
        }
    }

    /// <summary>SQLite may have rolled back by itself.</summary>
    private void Rollback()
    {
        if (raw.sqlite3_get_autocommit(connection.Handle) != 0)
        {
            return;
        }

        try
        {
            _rollback.Run();
        }
        catch (SqliteFault fault)
        {
            logger.LogError(fault, "A transaction could not be rolled back.");
        }
    }

    private static void Fail(IReadOnlyList<Work> works, Fault fault)
    {
        foreach (var work in works)
        {
            work.Failed(fault);
        }
    }

    /// <summary>
    /// On the thread pool, a few on a thread: one after the other they cost less than a wake-up each, and all on one thread would leave the other
    /// processors idle.
    /// </summary>
    private static void Answer(IReadOnlyList<Work> works)
    {
        for (var from = 0; from < works.Count; from += AnsweredTogether)
        {
            ThreadPool.UnsafeQueueUserWorkItem(AnswerSome, (works, from), preferLocal: false);
        }
    }

    private static void AnswerSome((IReadOnlyList<Work> Works, int From) some)
    {
        for (var i = some.From; i < Math.Min(some.From + AnsweredTogether, some.Works.Count); i++)
        {
            some.Works[i].Answer();
        }
    }

    internal sealed class ProbeWork(sqlite3 database) : LazyWork, IDisposable
    {
        private readonly Statement _probe = new(database, "UPDATE opened SET times = times");

        public override void Run() => _probe.Run();

        public void Dispose() => _probe.Dispose();
    }
}
