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

    /// <summary>How long a rendered map is kept. Its version decides whether it is current, so this only frees memory.</summary>
    public TimeSpan MapLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the others wait for the instance that builds a map before they build it too.</summary>
    public TimeSpan MapBuildLock { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often they look.</summary>
    public TimeSpan MapBuildPoll { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest a build may take, whoever still waits for it.</summary>
    public TimeSpan MapBuildTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
