using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Concert.Booking.Availability;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Timers;

/// <summary>
/// Goes on with what is called off: closes the sale where nobody has, asks each live reservation's session to end it, and notes the end when a look that
/// began late enough finds nothing live. It keeps no list: what is left is what is found.
/// </summary>
public sealed class CallOffSweep(
    IDocumentStore store, CatalogReader catalog, SaleCloser closer, TimerCommands commands, TimeProvider time, IOptions<BookingOptions> booking)
{
    private const int MaxSchedules = 100;
    private const int MaxSent = 10_000;
    private const int PageSize = 1_000;

    private static readonly string[] Running = [CallOffDocument.Running];
    private static readonly string[] Live = [ReservationStatus.Held.Name(), ReservationStatus.Paying.Name(), ReservationStatus.Confirmed.Name()];

    /// <summary>When this process first knew a sale to be closed, by its own clock: those of others differ.</summary>
    private readonly ConcurrentDictionary<string, long> _closed = new(StringComparer.Ordinal);

    /// <summary>One round; returns how many commands it sent. Throws StoreUnavailableException, after every schedule had its turn.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var sent = 0;
        StoreUnavailableException? fault = null;
        foreach (var found in await store.QueryDueAsync(DocumentContainer.Bookings, Running, time.GetUtcNow(), MaxSchedules, cancellationToken))
        {
            try
            {
                sent += await SweepAsync(found.Partition, MaxSent - sent, cancellationToken);
            }
            catch (StoreUnavailableException away)
            {
                fault ??= away;
            }
        }

        return fault is null ? sent : throw new StoreUnavailableException("Not every call-off could be gone on with.", fault);
    }

    private async Task<int> SweepAsync(PartitionRef partition, int budget, CancellationToken cancellationToken)
    {
        // What was found may be old.
        if (DocumentJson.ReadVersioned<CallOffDocument>(await store.ReadAsync(partition, CallOffDocument.DocumentId, cancellationToken))
            is not { Value: { FinishedAt: null } callOff, ETag: var etag })
        {
            return 0;
        }

        if (!callOff.IsClosed)
        {
            await closer.CloseAsync(callOff.ScheduleId, callOff.CalledOff, cancellationToken);
            callOff = callOff with { IsClosed = true };
            if (await store.CommitAsync(partition, [DocumentJson.Put(callOff, etag)], cancellationToken) is not CommitResult.Committed { ETags: [var written] })
            {
                // Somebody else is at it, or nobody knows: the next round looks again.
                return 0;
            }

            etag = written;
        }

        var began = time.GetTimestamp();
        var now = time.GetUtcNow();
        var isSettled = time.GetElapsedTime(_closed.GetOrAdd(callOff.ScheduleId, began), began) >= booking.Value.CallOffSettle;

        // Another instance may have added a section just before: since then nothing can be added any more.
        catalog.Forget(callOff.ScheduleId);
        var schedule = await catalog.FindCurrentAsync(callOff.ScheduleId, cancellationToken)
            ?? throw new InvalidOperationException($"Schedule {callOff.ScheduleId} does not exist.");
        var (sent, isAnythingLive) = (0, false);
        await foreach (var page in LiveAsync(schedule, cancellationToken))
        {
            isAnythingLive = true;
            sent += await commands.SendAsync(page.Select(live => Ask(live.Id, live.Reservation, callOff, now)).OfType<TimerMessage>(), now, cancellationToken);
            if (sent >= budget)
            {
                break;
            }
        }

        if (isSettled && !isAnythingLive)
        {
            var finished = callOff with { FinishedAt = now.ToUnixTimeMilliseconds() };
            if (await store.CommitAsync(partition, [DocumentJson.Put(finished, etag)], cancellationToken) is CommitResult.Committed)
            {
                _closed.TryRemove(callOff.ScheduleId, out _);
            }
        }

        return sent;
    }

    private TimerMessage? Ask(ReservationId id, ReservationDocument reservation, CallOffDocument callOff, DateTimeOffset now) => commands.Ask(
        id, reservation, new CallOffCommand(id.ToString(), now, callOff.Reason), now - DateTimeOffset.FromUnixTimeMilliseconds(callOff.At));

    /// <summary>Pages of the reservations that have places.</summary>
    private async IAsyncEnumerable<List<(ReservationId Id, ReservationDocument Reservation)>> LiveAsync(
        ScheduleDocument schedule, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var section in ScheduleSections.Of(schedule))
        {
            string? after = null;
            do
            {
                var page = await store.QueryAsync(section.Partition, new PartitionQuery(ReservationDocument.Prefix, after, PageSize, Live), cancellationToken);
                if (page.Items.Count > 0)
                {
                    yield return page.Items.Select(DocumentJson.Read<ReservationDocument>).Select(r => (r.IdIn(section), r)).ToList();
                }

                after = page.Continuation;
            }
            while (after is not null);
        }
    }
}
