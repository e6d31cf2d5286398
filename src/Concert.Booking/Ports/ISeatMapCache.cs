namespace Concert.Booking.Ports;

/// <summary>
/// Keeps what is taken of each section, as bytes that only the domain reads. The writer of a change tells it, so that no older snapshot is shown any
/// more: at once in the process that the change was made in, and everywhere while the cache can be reached. A change that it could not be told of (the writer
/// died, the cache was away) may be missing for as long as a snapshot is kept, and no longer. Never throws but for cancellation, what <c>build</c> throws and
/// what <c>commit</c> throws.
/// </summary>
public interface ISeatMapCache
{
    /// <summary>
    /// A snapshot of each section, in the order asked: a kept one or the one that <paramref name="build"/> makes, built once for callers that ask at the
    /// same time. It shows every change that was told before the call.
    /// </summary>
    /// <param name="scheduleId">Whose sections.</param>
    /// <param name="sections">Their keys in the schedule.</param>
    /// <param name="build">Reads a section.</param>
    /// <param name="cancellationToken">Gives up waiting; a build that others wait for goes on.</param>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> GetAsync(
        string scheduleId, IReadOnlyList<string> sections, Func<string, CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a change of a section and tells it, also when nobody knows whether it was made. When this ends, later calls of <see cref="GetAsync"/> show it.
    /// </summary>
    Task<CommitResult> ChangeAsync(string scheduleId, string section, Func<Task<CommitResult>> commit);
}
