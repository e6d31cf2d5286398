using Concert.Booking.Outbox;
using Concert.Booking.Ports;

namespace Concert.Booking.Webhooks;

/// <summary>
/// One round of the webhooks' timer: the outbox is emptied, and every receiver gets what waits for it. While a slow receiver is still being waited for, the
/// others are looked after again and again.
/// </summary>
public sealed class WebhookTimer(WebhookRegistry registry, WebhookRelay relay, WebhookDelivery delivery, TimeProvider time)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    /// <summary>After it nobody is begun with again; who is being waited for ends by the limits of a delivery.</summary>
    private static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(20);

    /// <summary>Returns how many events were delivered. Throws StoreUnavailableException, after all receivers had their turn.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var receivers = await registry.ReadAsync(cancellationToken);
        await relay.MoveAsync(receivers, cancellationToken);
        var start = time.GetTimestamp();
        var running = receivers.ToDictionary(r => r.Key, r => delivery.SendAsync(r, cancellationToken), StringComparer.Ordinal);
        var delivered = 0;
        Exception? fault = null;
        while (running.Count > 0)
        {
            await Task.WhenAny([.. running.Values, Task.Delay(Beat, time, cancellationToken)]);
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var (key, sent) in running.Where(r => r.Value.IsCompleted).ToList())
            {
                running.Remove(key);
                delivered += sent.IsCompletedSuccessfully ? sent.Result : 0;
                fault = sent.Exception?.InnerException ?? fault;
            }

            if (running.Count > 0 && fault is null && time.GetElapsedTime(start) < LongestRound)
            {
                await relay.MoveAsync(receivers, cancellationToken);
                foreach (var idle in receivers.Where(r => !running.ContainsKey(r.Key)))
                {
                    running.Add(idle.Key, delivery.SendAsync(idle, cancellationToken));
                }
            }
        }

        return fault is null ? delivered : throw new StoreUnavailableException("Webhooks could not be looked after.", fault);
    }
}
