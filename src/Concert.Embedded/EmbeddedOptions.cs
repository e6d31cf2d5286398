namespace Concert.Embedded;

/// <summary>The settings of the embedded backend. Every value has a default that suits one machine.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>The folder of the database, created when absent; null keeps everything in memory only.</summary>
    public string? DataFolder { get; set; }

    /// <summary>Messages (waiting, in flight or dead-lettered) above which a send is refused at once.</summary>
    public int MaxQueueDepth { get; set; } = 100_000;

    /// <summary>Sessions handled side by side by the pump.</summary>
    public int MaxConcurrentSessions { get; set; } = 256;

    /// <summary>How long one delivery may take; after it the handler is cancelled and the message is delivered again.</summary>
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Deliveries after which a message is dead-lettered.</summary>
    public int MaxDelivery { get; set; } = 10;

    /// <summary>How long a message id is remembered, so that a repeat is dropped.</summary>
    public TimeSpan DuplicateWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a commit or send waits for the disk before it answers that its outcome is unknown.</summary>
    public TimeSpan DurabilityTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one commit may take before what is new is refused at once instead of waiting behind it.</summary>
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Pause between two tries of what nobody waits for when the disk is full.</summary>
    public TimeSpan RetryWriteAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a stopping pump lets handlers finish before it cancels them.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(15);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueueDepth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrentSessions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDelivery, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(LockDuration, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(DuplicateWindow, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DurabilityTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StalledAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryWriteAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(DrainTimeout, TimeSpan.Zero);
    }
}
