namespace Concert.Booking.Catalog;

/// <summary>A rendered seat map, and the version of the counters it was rendered at.</summary>
public sealed record CachedSeatMap(string Version, ReadOnlyMemory<byte> Json);

/// <summary>
/// Rendered seat maps. The version (of the sections' counters, which change in the same batch as the seats) decides whether an entry is current,
/// so an entry can be lost or late but never wrong. Never throws but for cancellation and what <c>build</c> throws.
/// </summary>
public interface ISeatMapCache
{
    /// <summary>The cached map of this version, or else the one that <paramref name="build"/> makes, built once for callers that ask at the same time.</summary>
    /// <param name="scheduleId">Whose map.</param>
    /// <param name="version">The version wanted.</param>
    /// <param name="build">Reads the seats and renders.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CachedSeatMap> GetOrBuildAsync(
        string scheduleId, string version, Func<CancellationToken, Task<CachedSeatMap>> build, CancellationToken cancellationToken);
}
