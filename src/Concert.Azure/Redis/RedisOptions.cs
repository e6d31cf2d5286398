using Concert.Booking.Settings;

namespace Concert.Azure.Redis;

/// <summary>
/// Section <c>Redis</c>: where it is, how long it is waited for, and what happens when it is away. Exactly one of <see cref="Endpoint"/> and
/// <see cref="Configuration"/> is set.
/// </summary>
public sealed class RedisOptions
{
    public const string Section = "Redis";

    /// <summary><c>host:port</c>, by TLS and with the app's identity.</summary>
    public string? Endpoint { get; set; }

    /// <summary>A connection string of StackExchange.Redis, for one's own server.</summary>
    public string? Configuration { get; set; }

    /// <summary>The waiting room has no other place to ask, so it waits longest; then the call fails (closed).</summary>
    [SettingRange(Section, "00:00:00.1000000", "00:00:30")]
    public TimeSpan RoomTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The gate only answers sooner what the database answers anyway.</summary>
    [SettingRange(Section, "00:00:00.0100000", "00:00:30")]
    public TimeSpan GateTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A map can be built without the cache.</summary>
    [SettingRange(Section, "00:00:00.0100000", "00:00:30")]
    public TimeSpan MapTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The store has what the catalogue's cache has.</summary>
    [SettingRange(Section, "00:00:00.0100000", "00:00:30")]
    public TimeSpan CatalogTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>When its calls fail, Redis is left alone for this long; then one call tries it again.</summary>
    [SettingRange(Section, "00:00:00.5000000", "00:01:00")]
    public TimeSpan SkipAfterFailure { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The oldest snapshot of a section that is shown: for so long a change may be missing that Redis could not be told of.</summary>
    [SettingRange(Section, "00:00:00.0010000", "00:05:00")]
    public TimeSpan MapMaxAge { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the sections' versions are remembered after the last use. This only frees memory: what was forgotten begins a new epoch.</summary>
    [SettingRange(Section, "00:00:01", "1.00:00:00")]
    public TimeSpan MapVersionsLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long the others wait for the instance that builds a map before they build it too.</summary>
    [SettingRange(Section, "00:00:00.1000000", "00:00:30")]
    public TimeSpan MapBuildLock { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often they look.</summary>
    [SettingRange(Section, "00:00:00.0100000", "00:00:30")]
    public TimeSpan MapBuildPoll { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest a build may take, whoever still waits for it.</summary>
    [SettingRange(Section, "00:00:01", "00:05:00")]
    public TimeSpan MapBuildTimeout { get; set; } = TimeSpan.FromSeconds(30);

    internal TimeSpan LongestTimeout => new[] { RoomTimeout, GateTimeout, MapTimeout, CatalogTimeout }.Max();
}
