namespace Concert.Booking.Settings;

/// <summary>Section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>
    /// Whether receivers may be on private, loopback and link-local addresses, and without TLS. For one machine and for tests only: else whoever has the admin
    /// key could reach into the network the service runs in.
    /// </summary>
    public bool AllowPrivate { get; set; }

    /// <summary>How long a receiver has to answer.</summary>
    [SettingRange(Section, "00:00:00.1000000", "00:00:30")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an event that is not taken is tried again, from the first attempt; then it is listed as failed.</summary>
    [SettingRange(Section, "00:00:01", "30.00:00:00")]
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromDays(1);
}
