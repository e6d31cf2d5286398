using Concert.Booking.Ids;
using Concert.Booking.Ports;

namespace Concert.Testing.Fakes;

/// <summary>Keeps a snapshot a section for ever, and counts how often one was built.</summary>
public sealed class FakeSeatMapCache : ISeatMapCache
{
    private readonly Lock _lock = new();
    private readonly MapMemory _memory = new();
    private readonly SharedMapBuilds _builds = new();
    private int _built;

    public int Built => _built;

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> GetAsync(
        string scheduleId, IReadOnlyList<string> sections, Func<string, CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await Task.WhenAll(sections.Select(key =>
        {
            var section = new SectionRef(scheduleId, key).PartitionKey;
            string version;
            lock (_lock)
            {
                version = _memory.VersionOf(section);
                if (_memory.Find(section, version) is { } kept)
                {
                    return Task.FromResult(kept);
                }
            }

            return _builds.BuildAsync(section, version, token => BuildAsync(section, version, t => build(key, t), token), cancellationToken);
        }));
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
                lock (_lock)
                {
                    _memory.Tell(new SectionRef(scheduleId, section).PartitionKey);
                }
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> BuildAsync(
        string section, string version, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _built);
        var content = await build(cancellationToken);
        lock (_lock)
        {
            _memory.Put(section, version, 0, content);
        }

        return content;
    }
}
