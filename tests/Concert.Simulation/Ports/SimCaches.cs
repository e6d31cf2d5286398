using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Simulation.Engine;
using Concert.Simulation.Planted;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Ports;

/// <summary>What is taken of each section, and catalog documents, that instances share and Redis may lose at any time.</summary>
public sealed class SimCaches(World world, SimRedis redis, Defect defect)
{
    /// <summary>As long a change may be missing in a map.</summary>
    public static readonly TimeSpan MapMaxAge = TimeSpan.FromSeconds(2);

    private readonly MapMemory _maps = new();
    private readonly List<(string Section, long From, long To)> _untold = [];
    private readonly Dictionary<string, byte[]> _entries = new(StringComparer.Ordinal);

    /// <summary>When it is, and the sections' versions; null when Redis is away.</summary>
    public (long At, IReadOnlyList<string> Versions)? VersionsOf(IReadOnlyList<string> sections) =>
        redis.IsAway ? null : (world.Now, [.. sections.Select(_maps.VersionOf)]);

    /// <summary>From when to when something of a section was changed and not told: a map that was asked for meanwhile may lack it.</summary>
    public IEnumerable<(long From, long To)> Untold(string section) => _untold.Where(u => u.Section == section).Select(u => (u.From, u.To));

    /// <summary>The store has a change.</summary>
    public void Changed(string section) => _untold.Add((section, world.Now, long.MaxValue));

    public bool Tell(string section)
    {
        if (redis.IsAway)
        {
            return true;
        }

        Told(u => u == section);
        if (defect != Defect.MapNotTold)
        {
            _maps.Tell(section);
        }

        return true;
    }

    public ReadOnlyMemory<byte>? FindMap(string section, string version) =>
        redis.IsAway ? null
        : defect == Defect.StaleSeatMap ? _maps.Find(section, null)
        : _maps.Find(section, version, world.Now - MapMaxAge.Ticks);

    public bool PutMap(string section, string version, long since, ReadOnlyMemory<byte> content)
    {
        if (!redis.IsAway)
        {
            _maps.Put(section, defect == Defect.MapTooNew ? _maps.VersionOf(section) : version, since, content);
        }

        return true;
    }

    /// <summary>With the defect a map is long in building, so that changes come in between; a right one does not mind.</summary>
    public TimeSpan BuildsTake => defect == Defect.MapTooNew ? TimeSpan.FromMilliseconds(500) : TimeSpan.Zero;

    public byte[]? Get(string key) => redis.IsAway ? throw new StoreUnavailableException("Redis is away") : _entries.GetValueOrDefault(key);

    public bool Set(string key, byte[] value)
    {
        if (redis.IsAway)
        {
            throw new StoreUnavailableException("Redis is away");
        }

        _entries[key] = value;
        return true;
    }

    public void Flush()
    {
        Told(_ => true);
        _maps.Flush();
        _entries.Clear();
    }

    private void Told(Func<string, bool> which)
    {
        for (var i = 0; i < _untold.Count; i++)
        {
            if (_untold[i].To == long.MaxValue && which(_untold[i].Section))
            {
                _untold[i] = _untold[i] with { To = world.Now };
            }
        }
    }
}

/// <summary>The seat-map cache as one instance reaches it. Builds are shared within the instance.</summary>
public sealed class SimSeatMapCachePort(SimProcess process, SimCaches caches) : ISeatMapCache
{
    private readonly SharedMapBuilds _builds = new();

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> GetAsync(
        string scheduleId, IReadOnlyList<string> sections, Func<string, CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken)
    {
        List<string> keys = [.. sections.Select(key => new SectionRef(scheduleId, key).PartitionKey)];
        var known = await process.CallAsync(() => caches.VersionsOf(keys), cancellationToken);
        return await Task.WhenAll(sections.Select((key, i) => known is var (at, versions)
            ? _builds.BuildAsync(keys[i], versions[i], token => FindOrBuildAsync(keys[i], versions[i], at, t => build(key, t), token), cancellationToken)
            : build(key, cancellationToken)));
    }

    public async Task<CommitResult> ChangeAsync(string scheduleId, string section, Func<Task<CommitResult>> commit)
    {
        CommitResult? result = null;
        try
        {
            return result = await commit();
        }
        finally
        {
            if (MapMemory.IsToBeTold(result))
            {
                await process.CallAsync(() => caches.Tell(new SectionRef(scheduleId, section).PartitionKey));
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> FindOrBuildAsync(
        string section, string version, long at, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken)
    {
        if (await process.CallAsync(() => caches.FindMap(section, version), cancellationToken) is { } found)
        {
            return found;
        }

        var built = await build(cancellationToken);
        if (caches.BuildsTake > TimeSpan.Zero)
        {
            await process.DelayAsync(caches.BuildsTake);
        }

        await process.CallAsync(() => caches.PutMap(section, version, at, built), cancellationToken);
        return built;
    }
}
