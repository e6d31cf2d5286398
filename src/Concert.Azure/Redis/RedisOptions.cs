namespace Concert.Azure.Redis;

/// <summary>How long Redis is waited for, and what happens when it is away.</summary>
public sealed class RedisOptions
{
    /// <summary>The waiting room has no other place to ask, so it waits longest; then the call fails (closed).</summary>
    public TimeSpan RoomTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The gate only answers sooner what the database answers anyway.</summary>
    public TimeSpan GateTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A map can be built without the cache.</summary>
    public TimeSpan MapTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>After a failure Redis is left alone for this long; then one call tries it again.</summary>
    public TimeSpan SkipAfterFailure { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The oldest snapshot of a section that is shown: for so long a change may be missing that Redis could not be told of.</summary>
    public TimeSpan MapMaxAge { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the sections' versions are remembered after the last use. This only frees memory: what was forgotten begins a new epoch.</summary>
    public TimeSpan MapVersionsLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long the others wait for the instance that builds a map before they build it too.</summary>
    public TimeSpan MapBuildLock { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often they look.</summary>
    public TimeSpan MapBuildPoll { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest a build may take, whoever still waits for it.</summary>
    public TimeSpan MapBuildTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
