using Concert.Booking.Settings;
using Microsoft.Extensions.Options;

namespace Concert.Embedded;

/// <summary>Section <c>Embedded</c>. Every value has a default that suits one machine.</summary>
public sealed class EmbeddedOptions
{
    public const string Section = "Embedded";

    /// <summary>The folder of the database, created when absent; null keeps everything in memory only. The head says which, after the section was read.</summary>
    public string? DataFolder { get; set; }

    /// <summary>Commands that are waiting, in flight or dead-lettered; one more is refused at once, with 503.</summary>
    [SettingRange(Section, 1, 10_000_000)]
    public int MaxQueueDepth { get; set; } = 100_000;

    /// <summary>Sessions handled side by side.</summary>
    [SettingRange(Section, 1, 10_000)]
    public int MaxConcurrentSessions { get; set; } = 256;

    /// <summary>How long one delivery may take; then it is cancelled, and the command is delivered again.</summary>
    [SettingRange(Section, "00:00:01", "00:05:00")]
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Deliveries after which a command is dead-lettered.</summary>
    [SettingRange(Section, 1, 100)]
    public int MaxDelivery { get; set; } = 10;

    /// <summary>How long a message id is remembered, so that a repeat is dropped.</summary>
    [SettingRange(Section, "00:00:20", "7.00:00:00")]
    public TimeSpan DuplicateWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a commit waits for the disk before its outcome is called unknown.</summary>
    [SettingRange(Section, "00:00:00.1000000", "00:05:00")]
    public TimeSpan DurabilityTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>While a commit takes longer than this, new requests are refused at once instead of waiting behind it.</summary>
    [SettingRange(Section, "00:00:00.1000000", "00:05:00")]
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Pause between two attempts while the disk is full.</summary>
    [SettingRange(Section, "00:00:00.0100000", "00:01:00")]
    public TimeSpan RetryWriteAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long handlers may finish when the host stops; then they are cancelled.</summary>
    [SettingRange(Section, "00:00:00", "00:05:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(15);
}

[OptionsValidator]
internal sealed partial class EmbeddedValidation : IValidateOptions<EmbeddedOptions>;
