using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Outbox;

/// <summary>
/// The receivers as this process knows them, read again when what it knows is <see cref="KeptFor"/> old: a change of a reservation asks for them each time, and
/// a new receiver hears of what happens some seconds after it was registered.
/// </summary>
public sealed class WebhookRegistry(IDocumentStore store, TimeProvider time)
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(3);

    /// <summary>Receivers at once: one page.</summary>
    public const int MaxReceivers = 100;

    private volatile Known? _known;

    /// <summary>Whether somebody wants to hear of an event.</summary>
    public async ValueTask<bool> IsWantedAsync(string name, CancellationToken cancellationToken)
    {
        var known = _known is { } kept && time.GetElapsedTime(kept.ReadAt) < KeptFor ? kept.Receivers : await ReadAsync(cancellationToken);
        return known.Any(receiver => receiver.Events.Contains(name));
    }

    /// <summary>All of them, as they are stored now.</summary>
    public async Task<IReadOnlyList<WebhookDocument>> ReadAsync(CancellationToken cancellationToken)
    {
        var readAt = time.GetTimestamp();
        var page = await store.QueryAsync(WebhookDocument.Partition, new PartitionQuery(WebhookDocument.Prefix, null, MaxReceivers), cancellationToken);
        IReadOnlyList<WebhookDocument> receivers = [.. page.Items.Select(DocumentJson.Read<WebhookDocument>)];
        _known = new Known(receivers, readAt);
        return receivers;
    }

    /// <summary>Forgets the receivers, because the list has changed.</summary>
    public void Forget() => _known = null;

    private sealed record Known(IReadOnlyList<WebhookDocument> Receivers, long ReadAt);
}
