using Concert.Booking.Settings;

namespace Concert.Azure.Redis;

/// <summary>
/// Section <c>Redis</c>: where it is, how long it is waited for, and what happens when it is away. Exactly one of <see cref="Endpoint"/> and
/// <see cref="Configuration"/> is set.
/// </summary>
public sealed class RedisOptions
{
    public const string Section = "Redis";

    /// <summary>Redis in Azure as <c>host:port</c>, reached over TLS with the app's identity. Exactly one of this and <see cref="Configuration"/> is set.</summary>
    public string? Endpoint { get; set; }

    /// <summary>A connection string of StackExchange.Redis, for a server of your own.</summary>
    public string? Configuration { get; set; }

    /// <summary>The longest one call of the waiting room may take, retries included; then it is 503, because there is no other place to ask.</summary>
    [SettingRange(Section, "00:00:00.1000000", "00:00:30")]
    public TimeSpan RoomTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest a reservation waits for the gate; then it goes on without, because the database has the last word.</summary>
    [SettingRange(Section, "00:00:00.0100000", "00:00:30")]
    public TimeSpan GateTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest a seat map waits for the cache; then it is built.</summary>
    [SettingRange(Section, "00:00:00.0100000", "00:00:30")]
    public TimeSpan MapTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest a concert or schedule waits for the cache; then it is read from the store.</summary>
    [SettingRange(Section, "00:00:00.0100000", "00:00:30")]
    public TimeSpan CatalogTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long Redis is left alone when its calls fail; then one call tries it again.</summary>
    [SettingRange(Section, "00:00:00.5000000", "00:01:00")]
    public TimeSpan SkipAfterFailure { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The oldest seat map that is shown: for so long a change may be missing that Redis could not be told of.</summary>
    [SettingRange(Section, "00:00:00.0010000", "00:05:00")]
    public TimeSpan MapMaxAge { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the versions of sections are remembered after their last use. This only frees memory.</summary>
    [SettingRange(Section, "00:00:01", "1.00:00:00")]
    public TimeSpan MapVersionsLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long other instances wait for the one that builds a map before they build it too.</summary>
    [SettingRange(Section, "00:00:00.1000000", "00:00:30")]
    public TimeSpan MapBuildLock { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often they look whether it is built.</summary>
    [SettingRange(Section, "00:00:00.0100000", "00:00:30")]
    public TimeSpan MapBuildPoll { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest a build may take, whoever still waits for it.</summary>
    [SettingRange(Section, "00:00:01", "00:05:00")]
    public TimeSpan MapBuildTimeout { get; set; } = TimeSpan.FromSeconds(30);

    internal TimeSpan LongestTimeout => new[] { RoomTimeout, GateTimeout, MapTimeout, CatalogTimeout }.Max();
}
