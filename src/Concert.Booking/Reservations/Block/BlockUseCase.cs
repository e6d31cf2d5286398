using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations.Block;

/// <summary>Takes house seats off sale and puts them back. An interface because the API's tests speak for the domain.</summary>
public interface IBlockUseCase
{
    /// <summary>
    /// All of these places or none, and only what is available. Refusals: invalid-request, not-yours (404), idempotency-mismatch; seat-taken and sold-out
    /// when it is held, sold or blocked; booking-closed when the schedule was called off.
    /// </summary>
    Task<Result<BlockedView>> BlockAsync(string scheduleId, BlockRequest request, string? idempotencyKey, CancellationToken cancellationToken);

    /// <summary>All of these places or none, and only what is blocked. The same refusals, when it is not.</summary>
    Task<Result<BlockedView>> UnblockAsync(string scheduleId, BlockRequest request, string? idempotencyKey, CancellationToken cancellationToken);
}

/// <summary>
/// Blocks places like one more buyer: written at once, in one batch under the ETags of the seats or the floors of the counters, so that of a block and a
/// hold one wins. The batch says that the call was carried out, so that a repeat finds it done.
/// </summary>
public sealed class BlockUseCase(
    IDocumentStore store,
    StoreLoop loop,
    ISeatMapCache maps,
    CatalogReader catalog,
    IdempotencyClaims claims,
    IdGenerator ids,
    TimeProvider time,
    IOptions<BookingOptions> options) : IBlockUseCase
{
    private const int OperationLength = 16;

    public Task<Result<BlockedView>> BlockAsync(string scheduleId, BlockRequest request, string? idempotencyKey, CancellationToken cancellationToken) =>
        RunAsync(scheduleId, request, idempotencyKey, isBlock: true, cancellationToken);

    public Task<Result<BlockedView>> UnblockAsync(string scheduleId, BlockRequest request, string? idempotencyKey, CancellationToken cancellationToken) =>
        RunAsync(scheduleId, request, idempotencyKey, isBlock: false, cancellationToken);

    private async Task<Result<BlockedView>> RunAsync(
        string scheduleId, BlockRequest request, string? idempotencyKey, bool isBlock, CancellationToken cancellationToken)
    {
        var read = request.Check(scheduleId);
        if (read.IsRefused(out var refusal))
        {
            return refusal;
        }

        var places = read.Value;
        var schedule = await catalog.FindWithAsync(scheduleId, s => s.Has(places.Section, places.Seats), cancellationToken);
        if (schedule?.Has(places.Section, places.Seats) is not true)
        {
            return Refusal.NotYours("place");
        }

        var keyed = KeyedCall.OfStaff(isBlock ? "block" : "unblock", idempotencyKey, places.Canonical);
        var known = await claims.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out refusal))
        {
            return refusal;
        }

        if (known.Value is null && schedule.CalledOff is not null)
        {
            return new Refusal(RefusalCode.BookingClosed, "The schedule was called off; it cannot be changed any more.");
        }

        var operation = known.Value?.Resource ?? ids.NewCatalogId("op", OperationLength);
        if (keyed is not null && known.Value is null)
        {
            var claimed = await claims.TakeAsync(keyed, operation, time.GetUtcNow(), cancellationToken);
            if (claimed.IsRefused(out refusal))
            {
                return refusal;
            }

            operation = claimed.Value.Resource;
        }

        var done = new DoneDocument(operation, (int)options.Value.KeepIdempotencyKeys.TotalSeconds);
        return await loop.RunAsync(
            new Blocking(store, maps, places, isBlock, done), options.Value.MaxCommitAttempts, Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>Decides on the places as they stand.</summary>
    private sealed class Blocking(IDocumentStore store, ISeatMapCache maps, HousePlaces places, bool isBlock, DoneDocument done)
        : Decider<Result<BlockedView>>(places.Section.Partition)
    {
        private static readonly Refusal NotAvailable = new(RefusalCode.SeatTaken, "At least one of these seats is held, sold or blocked already.");
        private static readonly Refusal NotBlocked = new(RefusalCode.SeatTaken, "At least one of these seats is not blocked.");

        public override Task<Attempt<Result<BlockedView>>> DecideAsync(CancellationToken cancellationToken) =>
            places.Seats is { } seats ? DecideSeatsAsync(seats, cancellationToken) : DecideCountsAsync(cancellationToken);

        public override Task<CommitResult> CommitAsync(
            IDocumentStore store, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken) =>
            maps.ChangeAsync(places.Section.ScheduleId, places.Section.Section, () => base.CommitAsync(store, operations, cancellationToken));

        private async Task<Attempt<Result<BlockedView>>> DecideSeatsAsync(IReadOnlyList<int> seats, CancellationToken cancellationToken)
        {
            var stored = await store.ReadManyAsync(Partition, [done.Id, .. seats.Select(SeatDocument.IdOf)], cancellationToken);
            if (stored[0] is not null)
            {
                return Nothing(places.View);
            }

            List<DocumentOperation> operations = [DocumentJson.Put(done, null)];
            foreach (var (key, document) in seats.Zip(stored.Skip(1)))
            {
                var seat = DocumentJson.ReadVersioned<SeatDocument>(document);
                if ((seat?.Value.Status ?? SeatStatus.Available) != (isBlock ? SeatStatus.Available : SeatStatus.Blocked))
                {
                    return Nothing(isBlock ? NotAvailable : NotBlocked);
                }

                operations.Add(isBlock
                    ? DocumentJson.Put(new SeatDocument(key, SeatStatus.Blocked, null, null), seat?.ETag)
                    : new DocumentOperation.Delete(SeatDocument.IdOf(key), seat!.Value.ETag));
            }

            return new Attempt<Result<BlockedView>>(operations, places.View);
        }

        private async Task<Attempt<Result<BlockedView>>> DecideCountsAsync(CancellationToken cancellationToken)
        {
            var stored = await store.ReadManyAsync(Partition, [done.Id, CountersDocument.DocumentId], cancellationToken);
            if (stored[0] is not null)
            {
                return Nothing(places.View);
            }

            var counters = DocumentJson.Read<CountersDocument>(
                stored[1] ?? throw new InvalidOperationException($"Inventory {places.Section.PartitionKey} has no counters."));
            if ((isBlock ? counters.Left : counters.Blocked) is var there && there < places.Count)
            {
                return Nothing(new Refusal(RefusalCode.SoldOut, $"Only {there} places are {(isBlock ? "left" : "blocked")}."));
            }

            var count = isBlock ? places.Count : -places.Count;
            return new Attempt<Result<BlockedView>>(
                [
                    DocumentJson.Put(done, null),
                    new DocumentOperation.Increment(CountersDocument.DocumentId, [new("left", -count, Min: 0), new("blocked", count, Min: 0)]),
                ],
                places.View);
        }

        private static Attempt<Result<BlockedView>> Nothing(Result<BlockedView> outcome) => new([], outcome);
    }
}
