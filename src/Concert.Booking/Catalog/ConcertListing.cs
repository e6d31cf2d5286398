using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Catalog;

/// <summary>A schedule whose booking had not ended when it was read, with the name of its concert.</summary>
public sealed record ListedSchedule(string ConcertId, string ConcertName, string ScheduleId, ListedWindow Window);

/// <summary>
/// Lists what is on sale or will be. Each process reads it once in <see cref="KeptFor"/>, for all its callers together; what it lists itself it knows at once.
/// </summary>
public sealed class ConcertListing(IDocumentStore store, StoreLoop loop, CatalogReader catalog, TimeProvider time)
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(3);

    private const int MaxAttempts = 10;
    private const int PageSize = 1_000;
    private const int MaxListed = 10_000;
    private const int ReadAtOnce = 16;

    private static readonly DocumentOperation[] Nothing = [];

    private readonly Lock _lock = new();
    private Lazy<Task<Listing>>? _listing;
    private volatile bool _isComplete;

    /// <summary>Schedules whose booking has not ended; at most <see cref="KeptFor"/> old, so a caller looks at the times again.</summary>
    public async Task<IReadOnlyList<ListedSchedule>> ReadAsync(CancellationToken cancellationToken)
    {
        Lazy<Task<Listing>> listing;
        lock (_lock)
        {
            if (_listing is null || (_listing is { IsValueCreated: true, Value: { IsCompleted: true } read } && !IsFresh(read)))
            {
                _listing = new Lazy<Task<Listing>>(LoadAsync);
            }

            listing = _listing;
        }

        return (await listing.Value.WaitAsync(cancellationToken)).Schedules;
    }

    /// <summary>Lists a schedule that is about to be written: here, and in the list of all (<see cref="ScheduleDirectory"/>).</summary>
    public Task AddAsync(ScheduleDocument schedule, CancellationToken cancellationToken) => loop.RunAsync(
        ListingDocument.Partition,
        MaxAttempts,
        async token =>
        {
            var listing = ListingDocument.Of(schedule, time.GetUtcNow()) with { Window = ListedWindow.Of(schedule) };
            var entry = ScheduleEntryDocument.Of(schedule);
            var there = await store.ReadManyAsync(ListingDocument.Partition, [listing.Id, entry.Id], token);
            return new Attempt<bool>(
                [.. there[0] is null ? [DocumentJson.Put(listing, null)] : Nothing, .. there[1] is null ? [DocumentJson.Put(entry, null)] : Nothing], true);
        },
        cancellationToken);

    /// <summary>Before a schedule's booking moves: whoever reads the list from now on asks the schedule.</summary>
    public Task UnsettleAsync(ScheduleDocument before, ScheduleDocument after, int revision, CancellationToken cancellationToken)
    {
        var (old, next) = (ListingDocument.Of(before, time.GetUtcNow()), ListingDocument.Of(after, time.GetUtcNow()));
        ListingDocument[] entries = old.Id == next.Id ? [next] : [next with { Replaces = old.Id }, old];
        return loop.RunAsync(
            ListingDocument.Partition,
            MaxAttempts,
            async token =>
            {
                var operations = new List<DocumentOperation>();
                foreach (var (entry, stored) in entries.Zip(await store.ReadManyAsync(ListingDocument.Partition, [.. entries.Select(e => e.Id)], token)))
                {
                    var there = DocumentJson.ReadVersioned<ListingDocument>(stored);
                    var known = there?.Value.Revision ?? 0;
                    if (there?.Value is not { Window: null } || known < revision)
                    {
                        operations.Add(DocumentJson.Put(
                            entry with { Revision = Math.Max(revision, known), Replaces = entry.Replaces ?? there?.Value.Replaces }, there?.ETag));
                    }
                }

                return new Attempt<bool>(operations, true);
            },
            cancellationToken);
    }

    /// <summary>After a schedule's booking has moved: the list says how it stands, unless somebody is about to move it again.</summary>
    public Task SettleAsync(ScheduleDocument schedule, int revision, CancellationToken cancellationToken)
    {
        var id = ListingDocument.Of(schedule, time.GetUtcNow()).Id;
        return loop.RunAsync(
            ListingDocument.Partition,
            MaxAttempts,
            async token =>
            {
                var there = DocumentJson.ReadVersioned<ListingDocument>(await store.ReadAsync(ListingDocument.Partition, id, token));
                if (there?.Value is not { Window: null } open || open.Revision > revision)
                {
                    return new Attempt<bool>([], true);
                }

                List<DocumentOperation> operations =
                    [DocumentJson.Put(open with { Window = ListedWindow.Of(schedule), Replaces = null }, there.Value.ETag)];
                if (open.Replaces is { } old && await store.ReadAsync(ListingDocument.Partition, old, token) is { } gone)
                {
                    operations.Add(new DocumentOperation.Delete(old, gone.ETag));
                }

                return new Attempt<bool>(operations, true);
            },
            cancellationToken);
    }

    /// <summary>Drops the kept list, which does not know of a change.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _listing = null;
        }
    }

    // One that failed has been told to those who waited for it; the next caller asks again.
    private bool IsFresh(Task<Listing> read) => read.IsCompletedSuccessfully && time.GetElapsedTime(read.Result.ReadAt) < KeptFor;

    /// <summary>It belongs to no caller, so none of them can cancel it. The store bounds each of its reads, and the first that fails ends it.</summary>
    private async Task<Listing> LoadAsync()
    {
        var readAt = time.GetTimestamp();
        await CompleteAsync(CancellationToken.None);
        return new Listing(await ReadStoreAsync(CancellationToken.None), readAt);
    }

    private async Task<List<ListedSchedule>> ReadStoreAsync(CancellationToken cancellationToken)
    {
        var listed = new List<ListedSchedule>();
        var seen = 0;
        var after = ListingDocument.After(time.GetUtcNow());
        do
        {
            var page = await store.QueryAsync(ListingDocument.Partition, new PartitionQuery(ListingDocument.Prefix, after, PageSize), cancellationToken);
            foreach (var chunk in page.Items.Select(DocumentJson.Read<ListingDocument>).Chunk(ReadAtOnce))
            {
                listed.AddRange((await Task.WhenAll(chunk.Select(entry => FindAsync(entry, cancellationToken)))).OfType<ListedSchedule>());
            }

            seen += page.Items.Count;
            after = page.Continuation;
        }
        while (after is not null && seen < MaxListed);

        // While booking moves, a schedule is there twice.
        return [.. listed.DistinctBy(l => l.ScheduleId)];
    }

    /// <summary>Null for a schedule that never came to be.</summary>
    private async Task<ListedSchedule?> FindAsync(ListingDocument entry, CancellationToken cancellationToken) =>
        await WindowAsync(entry, cancellationToken) is { } window
            && SectionRef.TryParseSchedule(entry.ScheduleId, out var concertId)
            && await catalog.FindConcertAsync(concertId, cancellationToken) is { } concert
            ? new ListedSchedule(concertId, concert.Name, entry.ScheduleId, window)
            : null;

    private async Task<ListedWindow?> WindowAsync(ListingDocument entry, CancellationToken cancellationToken)
    {
        if (entry.Window is { } settled)
        {
            return await catalog.ExistsAsync(entry.ScheduleId, cancellationToken) ? settled : null;
        }

        if (entry.Revision > 0)
        {
            catalog.Forget(entry.ScheduleId);
        }

        return await catalog.FindCurrentAsync(entry.ScheduleId, cancellationToken) is { } schedule ? ListedWindow.Of(schedule) : null;
    }

    private Task<bool> AddAsync(ListingDocument entry, CancellationToken cancellationToken) => loop.RunAsync(
        ListingDocument.Partition,
        MaxAttempts,
        async token => new Attempt<bool>(
            await store.ReadAsync(ListingDocument.Partition, entry.Id, token) is null ? [DocumentJson.Put(entry, null)] : [], true),
        cancellationToken);

    /// <summary>Once for a database that is older than the list: lists what is in it.</summary>
    private async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_isComplete || await store.ReadAsync(ListingDocument.Partition, ListingCompleteDocument.DocumentId, cancellationToken) is not null)
        {
            _isComplete = true;
            return;
        }

        var now = time.GetUtcNow();
        string? continuation = null;
        do
        {
            var page = await store.ScanAsync(DocumentContainer.Catalog, ScheduleDocument.Prefix, continuation, PageSize, cancellationToken);
            foreach (var schedule in page.Items.Select(located => DocumentJson.Read<ScheduleDocument>(located.Document)).Where(s => s.BookingEndAt > now))
            {
                await AddAsync(ListingDocument.Of(schedule, now), cancellationToken);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);

        // Not being able to note it is no reason not to answer: somebody looks again.
        var complete = new DocumentOperation.Upsert(ListingCompleteDocument.DocumentId, DocumentJson.Write(new ListingCompleteDocument()));
        _isComplete = await store.CommitAsync(ListingDocument.Partition, [complete], cancellationToken) is CommitResult.Committed;
    }

    private sealed record Listing(IReadOnlyList<ListedSchedule> Schedules, long ReadAt);
}
