namespace Concert.Embedded.Journaling;

/// <summary>
/// The order of all changes. A change is applied in memory and appended under <see cref="Gate"/> in one go, so memory and journal never disagree.
/// </summary>
internal interface IJournal : IDisposable
{
    /// <summary>The one lock of the embedded state.</summary>
    Lock Gate { get; }

    /// <summary>The sequence number the next record gets. Read it under the gate.</summary>
    long NextSequence { get; }

    /// <summary>Why nothing that must be durable can be appended now; null when it can.</summary>
    string? Fault { get; }

    /// <summary>More is waiting for the disk than should be, or a write takes longer than it should: what is new is better refused.</summary>
    bool IsBehind { get; }

    /// <summary>When asking again makes sense while it is behind.</summary>
    TimeSpan BehindFor { get; }

    /// <summary>
    /// Appends under the gate and answers the record's sequence number. During a fault the record stays in memory until the disk is back.
    /// It is written when somebody waits for it, or a few milliseconds later.
    /// </summary>
    long Append<T>(in T record)
        where T : IRecord, allows ref struct;

    /// <summary>True when everything up to the number is durable; false when that is not known (fault, a stalled write, or it took too long).</summary>
    ValueTask<bool> WaitDurableAsync(long sequence, CancellationToken cancellationToken);
}

/// <summary>The journal of a backend without a data folder: everything is as durable as it gets at once.</summary>
internal sealed class MemoryJournal : IJournal
{
    public Lock Gate { get; } = new();

    public long NextSequence { get; private set; } = 1;

    public string? Fault => null;

    public bool IsBehind => false;

    public TimeSpan BehindFor => TimeSpan.Zero;

    public long Append<T>(in T record)
        where T : IRecord, allows ref struct => NextSequence++;

    public ValueTask<bool> WaitDurableAsync(long sequence, CancellationToken cancellationToken) => new(true);

    public void Dispose()
    {
    }
}
