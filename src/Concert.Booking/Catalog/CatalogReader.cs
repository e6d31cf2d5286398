using System.Collections.Concurrent;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Storage;
using Microsoft.Extensions.Caching.Hybrid;

namespace Concert.Booking.Catalog;

/// <summary>
/// Schedules and concerts by id. A plan of one version never changes, nor does a concert, so they are kept: in this process as the objects they are, and in
/// the second level of the cache, where there is one, for new instances. What changes of a schedule is a small document, which is read again when what is
/// known is older than <see cref="KeptFor"/>. What is not stored is not remembered: it may be made the next moment.
/// </summary>
public sealed class CatalogReader(IDocumentStore store, HybridCache cache, TimeProvider time)
{
    /// <summary>The largest value a cache must be able to keep: the largest document a store takes.</summary>
    public const int MaxPayloadBytes = 2 * 1024 * 1024;

    /// <summary>How old what is known of a schedule may be where something is decided.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(3);

    private const int MaxKnown = 10_000;
    private const int MaxLooks = 3;

    private static readonly HybridCacheEntryOptions PlansKeptFor = new() { Expiration = TimeSpan.FromHours(1), LocalCacheExpiration = TimeSpan.FromHours(1) };

    private readonly ConcurrentDictionary<string, Entry> _schedules = new(StringComparer.Ordinal);

    /// <summary>The schedule as it stands; while the store is away, as it last was known to stand. Null when there is no such schedule.</summary>
    public async Task<ScheduleDocument?> FindScheduleAsync(string scheduleId, CancellationToken cancellationToken)
    {
        try
        {
            return await FindCurrentAsync(scheduleId, cancellationToken);
        }
        catch (StoreUnavailableException) when (_schedules.TryGetValue(scheduleId, out var entry) && entry.Known is not null)
        {
            return entry.Known.Schedule;
        }
    }

    /// <summary>The schedule as it stood at most <see cref="KeptFor"/> ago: for whatever is decided. Null when there is no such schedule.</summary>
    public async Task<ScheduleDocument?> FindCurrentAsync(string scheduleId, CancellationToken cancellationToken)
    {
        if (_schedules.TryGetValue(scheduleId, out var entry) && entry.Known is { } known && time.GetElapsedTime(known.ReadAt) < KeptFor)
        {
            return known.Schedule;
        }

        if (!SectionRef.TryParseSchedule(scheduleId, out var concertId))
        {
            return null;
        }

        entry ??= _schedules.GetOrAdd(scheduleId, static _ => new Entry());
        for (var look = 1; look <= MaxLooks; look++)
        {
            var read = await entry.ReadAsync(() => ReadAsync(concertId, scheduleId, entry.Known)).WaitAsync(cancellationToken);
            if (read is null || _schedules.Count > MaxKnown)
            {
                _schedules.TryRemove(new(scheduleId, entry));
            }

            // A read that took its time, in the store or because this process stood still, may be old when it is here.
            if (read is null || time.GetElapsedTime(read.ReadAt) < KeptFor)
            {
                return read?.Schedule;
            }
        }

        throw new StoreUnavailableException($"Schedule {scheduleId} takes too long to read.");
    }

    /// <summary><see cref="FindScheduleAsync"/>, read again if what is known lacks something that another instance knows of: what was added a moment ago.</summary>
    public async Task<ScheduleDocument?> FindWithAsync(string scheduleId, Func<ScheduleDocument, bool> isThere, CancellationToken cancellationToken) =>
        await OrReadAgainAsync(scheduleId, await FindScheduleAsync(scheduleId, cancellationToken), isThere, cancellationToken);

    /// <summary>The same of <see cref="FindCurrentAsync"/>.</summary>
    public async Task<ScheduleDocument?> FindCurrentWithAsync(string scheduleId, Func<ScheduleDocument, bool> isThere, CancellationToken cancellationToken) =>
        await OrReadAgainAsync(scheduleId, await FindCurrentAsync(scheduleId, cancellationToken), isThere, cancellationToken);

    /// <summary>Forgets a schedule that has changed.</summary>
    public void Forget(string scheduleId) => _schedules.TryRemove(scheduleId, out _);

    /// <summary>Whether the schedule was ever made.</summary>
    public async Task<bool> ExistsAsync(string scheduleId, CancellationToken cancellationToken) =>
        SectionRef.TryParseSchedule(scheduleId, out var concertId) && await FindPlanAsync(concertId, scheduleId, 0, cancellationToken) is not null;

    /// <summary>Null when there is no such concert.</summary>
    public Task<ConcertDocument?> FindConcertAsync(string concertId, CancellationToken cancellationToken) =>
        FindAsync<ConcertDocument>($"catalog:{concertId}:{ConcertDocument.DocumentId}", concertId, ConcertDocument.DocumentId, cancellationToken);

    private async ValueTask<ScheduleDocument?> OrReadAgainAsync(
        string scheduleId, ScheduleDocument? known, Func<ScheduleDocument, bool> isThere, CancellationToken cancellationToken)
    {
        if (known is null || isThere(known))
        {
            return known;
        }

        Forget(scheduleId);
        return await FindCurrentAsync(scheduleId, cancellationToken);
    }

    /// <summary>It belongs to no caller, so none of them can cancel it.</summary>
    private async Task<Known?> ReadAsync(string concertId, string scheduleId, Known? before)
    {
        var readAt = time.GetTimestamp();
        var partition = new PartitionRef(DocumentContainer.Catalog, concertId);
        for (var look = 1; ; look++)
        {
            var sale = DocumentJson.ReadVersioned<SaleDocument>(await store.ReadAsync(partition, SaleDocument.IdOf(scheduleId), CancellationToken.None));
            if (before is not null && before.SaleETag == sale?.ETag)
            {
                // The same object, so that what is made from it need not be made again.
                return before with { ReadAt = readAt };
            }

            var plan = await FindPlanAsync(concertId, scheduleId, sale?.Value.Plan ?? 0, CancellationToken.None);
            if (plan is null)
            {
                return null;
            }

            // A plan that is newer than what was read before it: that is newer now, too.
            if (plan.Version == (sale?.Value.Plan ?? 0))
            {
                return new Known(sale is { Value: var changed } ? plan.With(changed) : plan, sale?.ETag, readAt);
            }

            if (look == MaxLooks)
            {
                throw new StoreUnavailableException($"Schedule {scheduleId} is being changed all the time.");
            }
        }
    }

    private Task<ScheduleDocument?> FindPlanAsync(string concertId, string scheduleId, int version, CancellationToken cancellationToken)
    {
        var id = ScheduleDocument.Prefix + scheduleId;
        return FindAsync<ScheduleDocument>(version == 0 ? $"catalog:{concertId}:{id}" : $"catalog:{concertId}:{id}:{version}", concertId, id, cancellationToken);
    }

    private async Task<T?> FindAsync<T>(string key, string concertId, string documentId, CancellationToken cancellationToken)
        where T : class, IDocument<T>
    {
        try
        {
            return await cache.GetOrCreateAsync(
                key,
                (Store: store, ConcertId: concertId, DocumentId: documentId),
                static async (key, token) =>
                    await key.Store.ReadAsync(new PartitionRef(DocumentContainer.Catalog, key.ConcertId), key.DocumentId, token) is { } stored
                        ? DocumentJson.Read<T>(stored)
                        : throw new NotStoredException(),
                PlansKeptFor,
                cancellationToken: cancellationToken);
        }
        catch (NotStoredException)
        {
            return null;
        }
    }

    private sealed record Known(ScheduleDocument Schedule, string? SaleETag, long ReadAt);

    /// <summary>One schedule: what is known, and the reading that callers of the same moment share.</summary>
    private sealed class Entry
    {
        private readonly Lock _lock = new();
        private volatile Known? _known;
        private Task<Known?>? _reading;

        public Known? Known => _known;

        public Task<Known?> ReadAsync(Func<Task<Known?>> read)
        {
            lock (_lock)
            {
                return _reading is { IsCompleted: false } ? _reading : _reading = KeepAsync(read);
            }
        }

        private async Task<Known?> KeepAsync(Func<Task<Known?>> read) => _known = await read();
    }

    /// <summary>Ends a build without a value, because the cache would keep a null like any other.</summary>
    private sealed class NotStoredException : Exception;
}
