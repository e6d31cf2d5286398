using System.Collections.Concurrent;
using Concert.Booking.Identity;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;

namespace Concert.Booking.Catalog;

/// <summary>Schedules and concerts' names by id. They never change, so they are kept: in this process, and in the distributed cache for new instances.</summary>
public sealed class CatalogReader(IDocumentStore store, IDistributedCache cache, TimeProvider time, ILogger<CatalogReader> logger)
{
    private const int MaxKept = 2_000;
    private static readonly DistributedCacheEntryOptions CacheFor = new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromHours(1) };
    private static readonly TimeSpan CacheTimeout = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, IDocument> _kept = new(StringComparer.Ordinal);

    /// <summary>Null when there is no such schedule.</summary>
    public async Task<ScheduleDocument?> FindScheduleAsync(string scheduleId, CancellationToken cancellationToken) =>
        SectionRef.TryParseSchedule(scheduleId, out var concertId)
            ? await FindAsync<ScheduleDocument>(concertId, ScheduleDocument.Prefix + scheduleId, cancellationToken)
            : null;

    /// <summary>Null when there is no such concert.</summary>
    public Task<ConcertDocument?> FindConcertAsync(string concertId, CancellationToken cancellationToken) =>
        FindAsync<ConcertDocument>(concertId, ConcertDocument.DocumentId, cancellationToken);

    private async Task<T?> FindAsync<T>(string concertId, string documentId, CancellationToken cancellationToken)
        where T : class, IDocument
    {
        var key = $"catalog:{concertId}:{documentId}";
        if (_kept.TryGetValue(key, out var kept))
        {
            return (T)kept;
        }

        var json = await TryGetCachedAsync(key, cancellationToken);
        if (json is null)
        {
            var stored = await store.ReadAsync(new PartitionRef(DocumentContainer.Catalog, concertId), documentId, cancellationToken);
            if (stored is null)
            {
                return null;
            }

            json = stored.Json.ToArray();
            await TrySetCachedAsync(key, json, cancellationToken);
        }

        var document = DocumentJson.Read<T>(new StoredDocument(documentId, json, ""));
        if (_kept.Count < MaxKept)
        {
            _kept[key] = document;
        }

        return document;
    }

    private async Task<byte[]?> TryGetCachedAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await cache.GetAsync(key, cancellationToken).WaitAsync(CacheTimeout, time, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // A cache that is away costs a read of the store, nothing else; its client's exception types are not known here.
            logger.LogWarning(e, "Distributed cache read failed");
            return null;
        }
    }

    private async Task TrySetCachedAsync(string key, byte[] json, CancellationToken cancellationToken)
    {
        try
        {
            await cache.SetAsync(key, json, CacheFor, cancellationToken).WaitAsync(CacheTimeout, time, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning(e, "Distributed cache write failed");
        }
    }
}
