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
    private List<Work> _lazy = [];
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
    public Task<Outcome<T>> ReadAsync<T>(Func<T> read) => Submit(new Request<T>(read), isRead: true).Outcome;

    /// <summary>Runs within the next commit; nobody waits for it.</summary>
    public void WriteLazily(Action write) => Submit(new LazyWork(write), isRead: false);

    /// <summary>Takes a piece of work, or refuses it at once.</summary>
    public T Submit<T>(T work, bool isRead)
        where T : Work
    {
        Fault? refusal = null;
        lock (_gate)
        {
            if (_isStopping)
            {
                refusal = new Fault("The store is closed.");
            }
            else if (!work.IsLazy && IsBehind)
            {
                refusal = new Fault("The disk cannot keep up.");
            }
            else
            {
                _lazySince = work.IsLazy && _lazy.Count == 0 ? Stopwatch.GetTimestamp() : _lazySince;
                (isRead ? _reads : work.IsLazy ? _lazy : _writes).Add(work);
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
            var again = writes.Where(work => work.IsLazy).ToList();
            _lazySince = Stopwatch.GetTimestamp();
            _lazy = again.Count > 0 ? [.. again, .. _lazy] : [new LazyWork(_transactions.Probe), .. _lazy];
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
