using Concert.Booking.Ports;

namespace Concert.Api.Streams;

/// <summary>A seat-map cache whose changes the open streams are told of, once readers of the map see them.</summary>
internal sealed class TellingSeatMapCache(ISeatMapCache maps, WatchedSchedules watches) : ISeatMapCache
{
    /// <inheritdoc />
    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> GetAsync(
        string scheduleId, IReadOnlyList<string> sections, Func<string, CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken) =>
        maps.GetAsync(scheduleId, sections, build, cancellationToken);

    /// <inheritdoc />
    public async Task<CommitResult> ChangeAsync(string scheduleId, string section, Func<Task<CommitResult>> commit)
    {
        CommitResult? result = null;
        try
        {
            return result = await maps.ChangeAsync(scheduleId, section, commit);
        }
        finally
        {
            if (result is not { HasNoEffect: true })
            {
                watches.Changed(scheduleId, section);
            }
        }
    }
}
