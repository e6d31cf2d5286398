using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Catalog;

/// <summary>All schedules, for staff. An interface because the API's tests speak for the domain.</summary>
public interface IScheduleDirectory
{
    /// <summary>A page, the newest made first; it may be short and have a continuation all the same. Refusal invalid-request for a continuation that is none.</summary>
    Task<Result<Paged<ScheduleSummary>>> ListAsync(string? continuation, int limit, CancellationToken cancellationToken);
}

/// <summary>Reads the list of all schedules, and each of them as it stands.</summary>
public sealed class ScheduleDirectory(IDocumentStore store, StoreLoop loop, CatalogReader catalog) : IScheduleDirectory
{
    private const int MaxAttempts = 10;
    private const int PageSize = 100;
    private const int ReadAtOnce = 16;

    private volatile bool _isComplete;

    public async Task<Result<Paged<ScheduleSummary>>> ListAsync(string? continuation, int limit, CancellationToken cancellationToken)
    {
        var after = ListContinuation.Read(continuation, ScheduleEntryDocument.Prefix);
        if (after.IsRefused(out var refusal))
        {
            return refusal;
        }

        await CompleteAsync(cancellationToken);
        var page = await store.QueryAsync(ListingDocument.Partition, new PartitionQuery(ScheduleEntryDocument.Prefix, after.Value, limit), cancellationToken);
        var items = new List<ScheduleSummary>();
        foreach (var chunk in page.Items.Select(DocumentJson.Read<ScheduleEntryDocument>).Chunk(ReadAtOnce))
        {
            items.AddRange((await Task.WhenAll(chunk.Select(entry => FindAsync(entry.ScheduleId, cancellationToken)))).OfType<ScheduleSummary>());
        }

        return new Paged<ScheduleSummary>(items, ListContinuation.Write(page.Continuation));
    }

    /// <summary>Null for a schedule that never came to be.</summary>
    private async Task<ScheduleSummary?> FindAsync(string scheduleId, CancellationToken cancellationToken) =>
        SectionRef.TryParseSchedule(scheduleId, out var concertId)
            && await catalog.FindScheduleAsync(scheduleId, cancellationToken) is { } schedule
            && await catalog.FindConcertAsync(concertId, cancellationToken) is { } concert
            ? new ScheduleSummary(
                scheduleId,
                concertId,
                concert.Name,
                schedule.OpenAt,
                schedule.CloseAt,
                schedule.BookingStartAt,
                schedule.BookingEndAt,
                schedule.SalesPaused,
                schedule.CalledOff)
            : null;

    /// <summary>Once for a database that is older than the list: lists what is in it.</summary>
    private async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_isComplete || await store.ReadAsync(ListingDocument.Partition, DirectoryCompleteDocument.DocumentId, cancellationToken) is not null)
        {
            _isComplete = true;
            return;
        }

        string? continuation = null;
        do
        {
            var page = await store.ScanAsync(DocumentContainer.Catalog, ScheduleDocument.Prefix, continuation, PageSize, cancellationToken);
            foreach (var entry in page.Items.Select(located => ScheduleEntryDocument.Of(DocumentJson.Read<ScheduleDocument>(located.Document))))
            {
                await loop.RunAsync(
                    ListingDocument.Partition,
                    MaxAttempts,
                    async token => new Attempt<bool>(
                        await store.ReadAsync(ListingDocument.Partition, entry.Id, token) is null ? [DocumentJson.Put(entry, null)] : [], true),
                    cancellationToken);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);

        // Not being able to note it is no reason not to answer: somebody looks again.
        var complete = new DocumentOperation.Upsert(DirectoryCompleteDocument.DocumentId, DocumentJson.Write(new DirectoryCompleteDocument()));
        _isComplete = await store.CommitAsync(ListingDocument.Partition, [complete], cancellationToken) is CommitResult.Committed;
    }
}
