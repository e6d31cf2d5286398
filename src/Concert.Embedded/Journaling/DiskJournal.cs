using Microsoft.Extensions.Logging;

namespace Concert.Embedded.Journaling;

/// <summary>How the journal on disk works.</summary>
/// <param name="Time">For timeouts.</param>
/// <param name="DurabilityTimeout">How long a caller waits for the disk.</param>
/// <param name="StalledAfter">How long one write may take before nobody new waits behind it.</param>
/// <param name="CompactAtBytes">Journal length at which compaction begins, if the last snapshot is not longer.</param>
/// <param name="RetryWriteAfter">Pause between two tries of a failed write.</param>
internal sealed record JournalSettings(TimeProvider Time, TimeSpan DurabilityTimeout, TimeSpan StalledAfter, long CompactAtBytes, TimeSpan RetryWriteAfter);

/// <summary>
/// The journal on disk. Appends collect in a block; one thread writes it with a single sync for all who wait (group commit) while the next one fills.
/// A failed write is cut back and tried again until it works; a failed sync is final, since nobody knows what the disk kept.
/// </summary>
internal sealed class DiskJournal : IJournal
{
    /// <summary>Bytes waiting for the disk above which new work is refused.</summary>
    private const int MaxWaiting = 32 << 20;

    private readonly JournalSettings _settings;
    private readonly JournalWriter _writer;
    private BlockBuilder _filling = new();
    private BlockBuilder _spare = new();
    private WaitGroup _fillingGroup;
    private WaitGroup? _writingGroup;
    private long _writingUpTo;
    private long _writingSince;
    private long _durable;
    private bool _isUrgent;
    private bool _isBroken;

    public DiskJournal(JournalSettings settings, Recovered recovered, Compactor compactor, ILogger logger)
    {
        _settings = settings;
        _fillingGroup = NewGroup();
        NextSequence = recovered.NextSequence;
        _durable = NextSequence - 1;
        _filling.Reset(NextSequence);
        compactor.Attach(this);
        _writer = new JournalWriter(this, settings, recovered.Segment, compactor, logger);
        _writer.Start();
    }

    public Lock Gate { get; } = new();

    public long NextSequence { get; private set; }

    public string? Fault { get; private set; }

    public bool IsBehind => _filling.Length > MaxWaiting || IsStalled;

    // Many bytes are written soon; a write that stalled may take as long again.
    public TimeSpan BehindFor => IsStalled ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(100);

    /// <summary>The newest record that is on disk.</summary>
    public long Durable => Volatile.Read(ref _durable);

    public long Append<T>(in T record)
        where T : IRecord, allows ref struct
    {
        if (!_isBroken)
        {
            _filling.Add(record);
            if (_filling.Records == 1)
            {
                _writer.Wake();
            }
        }

        return NextSequence++;
    }

    public ValueTask<bool> WaitDurableAsync(long sequence, CancellationToken cancellationToken)
    {
        if (sequence <= Durable)
        {
            return new ValueTask<bool>(true);
        }

        Task<bool> outcome;
        lock (Gate)
        {
            // Behind a write that takes this long, one more who waits would only be one more who is told too late.
            if (sequence <= _durable || Fault is not null || IsStalled)
            {
                return new ValueTask<bool>(sequence <= _durable);
            }

            var isWriting = _writingGroup is not null && sequence <= _writingUpTo;
            outcome = (isWriting ? _writingGroup! : _fillingGroup).Wait();
            _isUrgent |= !isWriting;
        }

        _writer.Wake();
        return new ValueTask<bool>(cancellationToken.CanBeCanceled ? outcome.WaitAsync(cancellationToken) : outcome);
    }

    /// <summary>Ends the writer after it wrote all that waits (not during a fault), and refuses what comes later.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        WaitGroup group;
        lock (Gate)
        {
            (Fault, _isBroken, group) = (Fault ?? "The backend is closed.", true, _fillingGroup);
        }

        group.Finish(isDurable: false);
    }

    /// <summary>Somebody waits for what is in the filling block.</summary>
    internal bool IsUrgent
    {
        get
        {
            lock (Gate)
            {
                return _isUrgent;
            }
        }
    }

    /// <summary>Hands the filled block to the writer; null when it is empty. What comes meanwhile fills the next one.</summary>
    internal BlockBuilder? Take()
    {
        lock (Gate)
        {
            if (_filling.Records == 0)
            {
                return null;
            }

            var block = _filling;
            (_filling, _spare) = (_spare, block);
            _filling.Reset(NextSequence);
            (_writingGroup, _writingUpTo, _writingSince) = (_fillingGroup, block.LastSequence, _settings.Time.GetTimestamp());
            _fillingGroup = NewGroup();
            _isUrgent = false;
            return block;
        }
    }

    /// <summary>The block taken last is on disk.</summary>
    internal void Succeeded()
    {
        WaitGroup group;
        lock (Gate)
        {
            Volatile.Write(ref _durable, _writingUpTo);
            Fault = null;
            group = _writingGroup!;
            _writingGroup = null;
        }

        group.Finish(isDurable: true);
    }

    /// <summary>The block taken last is not known to be on disk: everybody who waits is told so, and nobody new may wait.</summary>
    internal void Failed(string fault, bool isFinal)
    {
        WaitGroup[] waiting;
        lock (Gate)
        {
            (Fault, _isBroken) = (fault, isFinal);
            waiting = [_writingGroup!, _fillingGroup];
            (_writingGroup, _fillingGroup, _isUrgent) = (NewGroup(), NewGroup(), false);
        }

        foreach (var group in waiting)
        {
            group.Finish(isDurable: false);
        }
    }

    private bool IsStalled => _writingGroup is not null && _settings.Time.GetElapsedTime(_writingSince) > _settings.StalledAfter;

    private WaitGroup NewGroup() => new(_settings.Time, _settings.DurabilityTimeout);
}
