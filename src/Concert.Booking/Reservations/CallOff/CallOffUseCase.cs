using System.Text.Json;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Idempotency;
using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Reservations.CallOff;

/// <summary>Why a schedule is called off: buyers read it.</summary>
public sealed record CallOffRequest(string? Reason);

/// <summary>A schedule that is called off: when it was and why, as the first call had it. How far it has come says the report.</summary>
public sealed record CallOffView(string ConcertScheduleId, DateTimeOffset At, string Reason);

/// <summary>Calls schedules off. An interface because the API's tests speak for the domain.</summary>
public interface ICallOffUseCase
{
    /// <summary>
    /// Ends all sales of a schedule, for good; every hold is ended and every paid reservation refunded in full soon after. A schedule that is called off
    /// already stays as it is and is answered as the first time. Refusals: invalid-request, idempotency-mismatch, not-yours (404) for an unknown schedule.
    /// </summary>
    Task<Result<CallOffView>> CallOffAsync(string scheduleId, CallOffRequest request, string? idempotencyKey, CancellationToken cancellationToken);
}

/// <summary>
/// Calls a schedule off in two writes: the call-off itself, with its event in the same batch, and then the end of the sale. Who dies in between leaves the
/// second to the timer, which does all that follows as well.
/// </summary>
public sealed class CallOffUseCase(
    IDocumentStore store, StoreLoop loop, CatalogReader catalog, SaleCloser closer, WebhookRegistry webhooks, IdempotencyClaims claims, TimeProvider time) : ICallOffUseCase
{
    private const int MaxAttempts = 10;

    /// <summary>In code points.</summary>
    private const int MaxReasonLength = 200;

    public async Task<Result<CallOffView>> CallOffAsync(string scheduleId, CallOffRequest request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var reason = PlainText.ReadName("A reason", request.Reason, MaxReasonLength);
        if (reason.IsRefused(out var refusal))
        {
            return refusal;
        }

        if (await catalog.FindCurrentAsync(scheduleId, cancellationToken) is null)
        {
            return Refusal.NotYours("schedule");
        }

        var now = time.GetUtcNow();
        if (KeyedCall.OfStaff("call-off", idempotencyKey, scheduleId, reason.Value) is { } keyed
            && (await claims.FindOrTakeAsync(keyed, scheduleId, now, cancellationToken)).IsRefused(out refusal))
        {
            return refusal;
        }

        var callOff = await StartAsync(new CallOffDocument(scheduleId, now.ToUnixTimeMilliseconds(), reason.Value), cancellationToken);
        if (!callOff.IsClosed)
        {
            await closer.CloseAsync(scheduleId, callOff.CalledOff, cancellationToken);
        }

        return new CallOffView(scheduleId, callOff.CalledOff.At, callOff.Reason);
    }

    /// <summary>The call-off that stands: the first.</summary>
    private Task<CallOffDocument> StartAsync(CallOffDocument callOff, CancellationToken cancellationToken)
    {
        var partition = CallOffDocument.PartitionOf(callOff.ScheduleId);
        return loop.RunAsync(
            partition,
            MaxAttempts,
            async token =>
            {
                if (await store.ReadAsync(partition, CallOffDocument.DocumentId, token) is { } there)
                {
                    return new Attempt<CallOffDocument>([], DocumentJson.Read<CallOffDocument>(there));
                }

                List<DocumentOperation> operations = [DocumentJson.Put(callOff, null)];
                if (await webhooks.IsWantedAsync(WebhookEvents.CalledOff, token))
                {
                    var data = JsonSerializer.Serialize(callOff.CalledOff, CatalogJson.Default.CalledOff);
                    operations.Add(DocumentJson.Put(new OutboxDocument(callOff.ScheduleId, 1, WebhookEvents.CalledOff, callOff.At, data), null));
                }

                return new Attempt<CallOffDocument>(operations, callOff);
            },
            cancellationToken);
    }
}
