using System.Diagnostics;
using Concert.Booking.Ports;
using Microsoft.Extensions.Logging;

namespace Concert.Embedded.Sqlite;

/// <summary>
/// The one thread that writes. It takes all that waits, reads first, then writes everything in one transaction, and answers all of it when the commit
/// is on disk: so no answer shows or repeats what a crash could take back. Disposing it writes what waits.
/// </summary>
internal sealed class Writer : IDisposable
{
    /// <summary>The longest that work without a waiter stays off the disk.</summary>
    private static readonly TimeSpan LazyDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// With so few others it comes along at once. In a rush it is gathered: messages that are done lie side by side, and a page of them that goes as a
    /// whole is written once instead of with every commit.
    /// </summary>
    private const int FewWrites = 8;
    private const int ManyLazy = 512;

    private readonly object _gate = new();
    private readonly Transactions _transactions;
    private readonly WriterSettings _settings;
    private readonly ITimer _watch;
    private readonly Thread _thread;
    private List<Work> _reads = [];
    private List<Work> _writes = [];
    private List<LazyWork> _lazy = [];
    private IReadOnlyList<Work> _running = [];
    private long _busySince;
    private long _lazySince;
    private bool _isStopping;
    private bool _isStopped;

    public Writer(Connection connection, Checkpointer? checkpointer, WriterSettings settings, ILogger logger)
    {
        _settings = settings;
        _transactions = new Transactions(connection, checkpointer, settings.BeforeCommit, () => Volatile.Write(ref _busySince, 0), logger);
        _watch = settings.Time.CreateTimer(_ => GiveUp(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(Loop) { IsBackground = true, Name = "concert-writer" };
        _thread.Start();
    }

    /// <summary>The fault that keeps anything from being written; null when all is well. Cleared by the first commit that succeeds.</summary>
    public string? Fault => _transactions.Fault;

    /// <summary>A transaction takes so long that what is new would only wait behind it.</summary>
    public bool IsBehind => Volatile.Read(ref _busySince) is not 0 and var since && _settings.Time.GetElapsedTime(since) > _settings.StalledAfter;

    /// <summary>How long to stay away while <see cref="IsBehind"/>.</summary>
    public TimeSpan BehindFor => _settings.Time.GetElapsedTime(Volatile.Read(ref _busySince));

    /// <summary>For readiness, whichever part of the database asks: the fault, or that it is behind; null when all is well.</summary>
    public StoreUnavailableException? Unusable =>
        Fault is { } fault ? new(fault) : IsBehind ? new("The disk cannot keep up.", BehindFor) : null;

    /// <summary>Reads a consistent state that is on disk.</summary>
    public Task<Outcome<T>> ReadAsync<T>(Request<T> read) => Submit(read, isRead: true).Outcome;

    /// <summary>Writes within the next commit.</summary>
    public Task<Outcome<T>> WriteAsync<T>(Request<T> write) => Submit(write, isRead: false).Outcome;

    /// <summary>Runs within the next commit; nobody waits for it.</summary>
    public void WriteLazily(LazyWork write)
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                return;
            }

            _lazySince = _lazy.Count == 0 ? Stopwatch.GetTimestamp() : _lazySince;
            _lazy.Add(write);
            Monitor.Pulse(_gate);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _watch.Dispose();
        _transactions.Dispose();
    }

    /// <summary>Takes a piece of work, or refuses it at once.</summary>
    private Request<T> Submit<T>(Request<T> work, bool isRead)
    {
        Fault? refusal;
        lock (_gate)
        {
            refusal = _isStopping ? new Fault("The store is closed.") : IsBehind ? new Fault("The disk cannot keep up.") : null;
            if (refusal is null)
            {
                (isRead ? _reads : _writes).Add(work);
                Monitor.Pulse(_gate);
            }
        }

        if (refusal is not null)
        {
            work.Failed(refusal);
            work.Answer();
        }

        return work;
    }

    private void Loop()
    {
        while (Take() is var (reads, writes))
        {
            Begin([.. reads, .. writes]);
            if (reads.Count > 0)
            {
                _transactions.Read(reads);
            }

            if (writes.Count > 0)
            {
                Write(writes);
            }

            Begin([]);
        }
    }

    /// <summary>All that waits; what is lazy comes along with other writes, or when it has waited long enough. Null when the writer has stopped.</summary>
    private (List<Work> Reads, List<Work> Writes)? Take()
    {
        lock (_gate)
        {
            while (_reads.Count + _writes.Count == 0 && !IsLazyDue && !_isStopping)
            {
                Monitor.Wait(_gate, _lazy.Count == 0 ? Timeout.InfiniteTimeSpan : LazyDelay);
            }

            if (_isStopping && (_isStopped || _reads.Count + _writes.Count + _lazy.Count == 0))
            {
                return null;
            }

            // What is lazy gets one last try when the writer stops.
            _isStopped = _isStopping;
            var (reads, writes) = (_reads, _writes);
            (_reads, _writes) = ([], []);
            if ((writes.Count > 0 && (writes.Count <= FewWrites || _lazy.Count >= ManyLazy)) || IsLazyDue || _isStopping)
            {
                (writes, _lazy) = ([.. _lazy, .. writes], []);
            }

            return (reads, writes);
        }
    }

    private bool IsLazyDue => _lazy.Count > 0 && Stopwatch.GetElapsedTime(_lazySince) >= (Fault is null ? LazyDelay : _settings.RetryAfter);

    private void Write(List<Work> writes)
    {
        Volatile.Write(ref _busySince, Math.Max(1, _settings.Time.GetTimestamp()));
        _transactions.Write(writes);
        if (Fault is null)
        {
            return;
        }

        lock (_gate)
        {
            // Ahead of what has come since, and there is always something to try again with, so that the end of the fault is noticed.
            var again = writes.OfType<LazyWork>().ToList();
            _lazySince = Stopwatch.GetTimestamp();
            _lazy = again.Count > 0 ? [.. again, .. _lazy] : [_transactions.Probe, .. _lazy];
        }
    }

    private void Begin(IReadOnlyList<Work> work)
    {
        lock (_gate)
        {
            _running = work;
        }

        _watch.Change(work.Count == 0 ? Timeout.InfiniteTimeSpan : _settings.DurabilityTimeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The disk took too long: what runs is unknown, what waits behind it has not begun. The thread goes on waiting.</summary>
    private void GiveUp()
    {
        IReadOnlyList<Work> running;
        List<Work> waiting;
        lock (_gate)
        {
            running = _running;
            waiting = [.. _reads, .. _writes];
            (_reads, _writes) = ([], []);
        }

        foreach (var work in running)
        {
            work.GivenUp(new Fault("The disk took too long.", OutcomeUnknown: true));
        }

        foreach (var work in waiting)
        {
            work.Failed(new Fault("The disk took too long."));
            work.Answer();
        }
    }
}

/// <summary>How the writer treats a disk that is slow or full.</summary>
/// <param name="Time">The clock of the timeouts.</param>
/// <param name="DurabilityTimeout">A transaction that takes longer is answered as unknown, and all that waits behind it as refused.</param>
/// <param name="StalledAfter">Once a transaction takes longer, what is new is refused at once.</param>
/// <param name="RetryAfter">Pause between two tries of what must be written in the end.</param>
/// <param name="BeforeCommit">Called on the writer's thread right before each commit; tests hold it up or make it fail.</param>
internal sealed record WriterSettings(TimeProvider Time, TimeSpan DurabilityTimeout, TimeSpan StalledAfter, TimeSpan RetryAfter, Action? BeforeCommit);
