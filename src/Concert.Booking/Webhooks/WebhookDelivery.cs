using System.Collections.Concurrent;
using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Concert.Booking.Telemetry;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Webhooks;

/// <summary>
/// Sends one receiver what waits for it: the events of one subject one after the other, those of different subjects side by side. An event that is not taken
/// is tried again, less and less often, and its subject waits for it; after <see cref="WebhookOptions.RetryFor"/> it is listed as failed. A receiver that did
/// not answer is tried with one event before it gets more.
/// </summary>
public sealed class WebhookDelivery(IDocumentStore store, IWebhookSender sender, TimeProvider time, IRandomSource random, IOptions<WebhookOptions> options)
{
    private const int PageSize = 200;
    private const int MaxRead = 5_000;
    private const int SideBySide = 8;

    /// <summary>Events not sent by then are left for the next turn.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(2);
    private static readonly string[] Queued = [DeliveryStatus.Queued];

    /// <summary>Receivers whose last answer was none.</summary>
    private readonly ConcurrentDictionary<string, bool> _failing = new(StringComparer.Ordinal);

    /// <summary>Sends what may be sent now; returns how many events were delivered. Throws StoreUnavailableException.</summary>
    public async Task<int> SendAsync(WebhookDocument receiver, CancellationToken cancellationToken)
    {
        var ready = await FindReadyAsync(receiver, cancellationToken);
        if (ready.Count == 0)
        {
            return 0;
        }

        var delivered = 0;
        var start = time.GetTimestamp();
        if (_failing.ContainsKey(receiver.Key))
        {
            // It was away: one event finds out whether it is back, and the others keep their patience.
            if (!await SendSubjectAsync(receiver, ready[0], cancellationToken))
            {
                return 0;
            }

            delivered += ready[0].Count;
            ready.RemoveAt(0);
        }

        using var slots = new SemaphoreSlim(SideBySide);
        await Task.WhenAll(ready.Select(async events =>
        {
            await slots.WaitAsync(cancellationToken);
            try
            {
                if (!_failing.ContainsKey(receiver.Key) && time.GetElapsedTime(start) < LongestTurn && await SendSubjectAsync(receiver, events, cancellationToken))
                {
                    Interlocked.Add(ref delivered, events.Count);
                }
            }
            finally
            {
                slots.Release();
            }
        }));
        return delivered;
    }

    /// <summary>Throws away what waits for a receiver that is no more.</summary>
    public async Task ClearAsync(string receiver, CancellationToken cancellationToken)
    {
        _failing.TryRemove(receiver, out _);
        var queue = WebhookDocument.QueueOf(receiver);
        var chunk = new PartitionQuery(DeliveryDocument.Prefix, null, DocumentOperation.MaxPerBatch);
        while (await store.QueryAsync(queue, chunk, cancellationToken) is { Items.Count: > 0 } page)
        {
            if (await store.CommitAsync(queue, [.. page.Items.Select(item => new DocumentOperation.Delete(item.Id))], cancellationToken)
                is CommitResult.Throttled or CommitResult.Unavailable)
            {
                throw new StoreUnavailableException($"Not everything that waited for {receiver} could be thrown away.");
            }
        }
    }

    /// <summary>The events that may be sent now, by subject, each list in its order.</summary>
    private async Task<List<List<Versioned<DeliveryDocument>>>> FindReadyAsync(WebhookDocument receiver, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var ready = new Dictionary<string, List<Versioned<DeliveryDocument>>>(StringComparer.Ordinal);
        var waiting = new HashSet<string>(StringComparer.Ordinal);
        string? after = null;
        var read = 0;
        do
        {
            var page = await store.QueryAsync(
                WebhookDocument.QueueOf(receiver.Key), new PartitionQuery(DeliveryDocument.Prefix, after, PageSize, Queued), cancellationToken);
            foreach (var found in page.Items.Select(item => DocumentJson.ReadVersioned<DeliveryDocument>(item)!.Value))
            {
                var subject = found.Value.Subject;
                if (found.Value.NextAt > now || waiting.Contains(subject))
                {
                    // Behind one that waits, its subject's later events wait too.
                    waiting.Add(subject);
                }
                else if (ready.TryGetValue(subject, out var events))
                {
                    events.Add(found);
                }
                else
                {
                    ready.Add(subject, [found]);
                }
            }

            read += page.Items.Count;
            after = page.Continuation;
        }
        while (after is not null && read < MaxRead);

        return [.. ready.Values];
    }

    /// <summary>One after the other, until one is not taken. Whether all were.</summary>
    private async Task<bool> SendSubjectAsync(WebhookDocument receiver, List<Versioned<DeliveryDocument>> events, CancellationToken cancellationToken)
    {
        foreach (var (delivery, etag) in events)
        {
            var now = time.GetUtcNow();
            var answer = await sender.SendAsync(
                new WebhookMessage(new Uri(receiver.Url), receiver.Secret, delivery.EventId, now, delivery.Body), cancellationToken);
            BookingTelemetry.WebhooksSent.Add(1, new KeyValuePair<string, object?>("outcome", answer is WebhookAnswer.Delivered ? "delivered" : "failed"));
            var queue = WebhookDocument.QueueOf(receiver.Key);
            if (answer is WebhookAnswer.Failed failed)
            {
                _failing[receiver.Key] = true;
                await store.CommitAsync(queue, [DocumentJson.Put(Postpone(delivery, failed.Reason, now), etag)], cancellationToken);
                return false;
            }

            _failing.TryRemove(receiver.Key, out _);
            // When this is not written the receiver gets the event again, under the same id.
            await store.CommitAsync(queue, [new DocumentOperation.Delete(delivery.Id, etag)], cancellationToken);
        }

        return true;
    }

    private DeliveryDocument Postpone(DeliveryDocument delivery, string fault, DateTimeOffset now)
    {
        var first = delivery.FirstAt ?? now.ToUnixTimeMilliseconds();
        var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(delivery.Attempts, 12), LongestPause.Ticks));
        var next = now + (pause * (1 + (0.1 * random.NextDouble())));
        var isOver = next - DateTimeOffset.FromUnixTimeMilliseconds(first) > options.Value.RetryFor;
        return delivery with
        {
            Status = isOver ? DeliveryStatus.Failed : DeliveryStatus.Queued,
            Attempts = delivery.Attempts + 1,
            FirstAt = first,
            NextAt = next.ToUnixTimeMilliseconds(),
            Fault = fault,
        };
    }
}
