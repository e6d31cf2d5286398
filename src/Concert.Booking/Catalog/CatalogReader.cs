using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Storage;
using Microsoft.Extensions.Caching.Hybrid;

namespace Concert.Booking.Catalog;

/// <summary>
/// Schedules and concerts' names by id. They never change, so they are kept: in this process as the objects they are, and in the second level of the
/// cache, where there is one, for new instances. What is not stored is not remembered: it may be made the next moment.
/// </summary>
public sealed class CatalogReader(IDocumentStore store, HybridCache cache)
{
    /// <summary>The largest value a cache must be able to keep: the largest document a store takes.</summary>
    public const int MaxPayloadBytes = 2 * 1024 * 1024;

    private static readonly HybridCacheEntryOptions KeptFor = new() { Expiration = TimeSpan.FromHours(1), LocalCacheExpiration = TimeSpan.FromHours(1) };

    /// <summary>Null when there is no such schedule.</summary>
    public async Task<ScheduleDocument?> FindScheduleAsync(string scheduleId, CancellationToken cancellationToken) =>
        SectionRef.TryParseSchedule(scheduleId, out var concertId)
            ? await FindAsync<ScheduleDocument>(concertId, ScheduleDocument.Prefix + scheduleId, cancellationToken)
            : null;

    /// <summary>Null when there is no such concert.</summary>
    public Task<ConcertDocument?> FindConcertAsync(string concertId, CancellationToken cancellationToken) =>
        FindAsync<ConcertDocument>(concertId, ConcertDocument.DocumentId, cancellationToken);

    private async Task<T?> FindAsync<T>(string concertId, string documentId, CancellationToken cancellationToken)
        where T : class, IDocument<T>
    {
        try
        {
            return await cache.GetOrCreateAsync(
                $"catalog:{concertId}:{documentId}",
                (Store: store, ConcertId: concertId, DocumentId: documentId),
                static async (key, token) =>
                    await key.Store.ReadAsync(new PartitionRef(DocumentContainer.Catalog, key.ConcertId), key.DocumentId, token) is { } stored
                        ? DocumentJson.Read<T>(stored)
                        : throw new NotStoredException(),
                KeptFor,
                cancellationToken: cancellationToken);
        }
        catch (NotStoredException)
        {
            return null;
        }
    }

    /// <summary>Ends a build without a value, because the cache would keep a null like any other.</summary>
    private sealed class NotStoredException : Exception;
}
