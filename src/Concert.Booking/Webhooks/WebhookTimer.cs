using Concert.Booking.Outbox;
using Concert.Booking.Ports;

namespace Concert.Booking.Webhooks;

/// <summary>
/// One round of the webhooks' timer: the outbox is emptied, and every receiver gets what waits for it. While a slow receiver is still being waited for, the
/// others are looked after again and again.
/// </summary>
public sealed class WebhookTimer(WebhookRegistry registry, WebhookRelay relay, WebhookDelivery delivery, TimeProvider time)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>After it nobody is begun with again; who is being waited for ends by the limits of a delivery.</summary>
    private static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(20);

    /// <summary>Returns how many events were delivered. Throws StoreUnavailableException, after all receivers had their turn.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var receivers = await registry.ReadAsync(cancellationToken);
        await relay.MoveAsync(receivers, cancellationToken);
        var start = time.GetTimestamp();
        var turns = receivers.ToDictionary(r => r.Key, r => delivery.SendAsync(r, cancellationToken), StringComparer.Ordinal);
        var everybody = Task.WhenAll(turns.Values);
        var delivered = 0;
        StoreUnavailableException? fault = null;
        while (await Task.WhenAny(everybody, Task.Delay(Beat, time, cancellationToken)) != everybody && time.GetElapsedTime(start) < LongestRound && fault is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Somebody is being waited for: meanwhile whoever has had a turn gets another.
            try
            {
                await relay.MoveAsync(receivers, cancellationToken);
            }
            catch (StoreUnavailableException away)
            {
                fault = away;
            }

            foreach (var receiver in receivers.Where(r => turns[r.Key].IsCompletedSuccessfully))
            {
                delivered += await turns[receiver.Key];
                turns[receiver.Key] = delivery.SendAsync(receiver, cancellationToken);
            }
        }

        foreach (var turn in turns.Values)
        {
            try
            {
                delivered += await turn;
            }
            catch (StoreUnavailableException away)
            {
                fault ??= away;
            }
        }

        return fault is null ? delivered : throw new StoreUnavailableException("Webhooks could not be looked after.", fault);
    }
}
