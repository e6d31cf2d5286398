using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.Webhooks;

namespace Concert.Simulation.Planted;

/// <summary>Commits the change first and the event by itself afterwards.</summary>
internal sealed class EventBesideTheBatch(IDocumentStore inner) : StoreDefect(inner)
{
    private readonly IDocumentStore _inner = inner;

    public override async Task<CommitResult> CommitAsync(PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken)
    {
        List<DocumentOperation> events = [.. operations.Where(o => o is DocumentOperation.Create && o.Id.StartsWith(OutboxDocument.Prefix, StringComparison.Ordinal))];
        if (events.Count == 0)
        {
            return await base.CommitAsync(partition, operations, cancellationToken);
        }

        var result = await _inner.CommitAsync(partition, [.. operations.Except(events)], cancellationToken);
        if (result is not CommitResult.Committed committed)
        {
            return result;
        }

        await _inner.CommitAsync(partition, events, cancellationToken);
        return new CommitResult.Committed([.. committed.ETags, .. events.Select(_ => "")]);
    }
}

/// <summary>What is read to be moved on is taken away at once.</summary>
internal sealed class EventTakenAwayFirst(IDocumentStore inner) : StoreDefect(inner)
{
    private readonly IDocumentStore _inner = inner;

    public override async Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken)
    {
        var page = await base.QueryAsync(partition, query, cancellationToken);
        if (query.IdPrefix.StartsWith(OutboxDocument.Prefix, StringComparison.Ordinal) && page.Items.Count > 0)
        {
            await _inner.CommitAsync(partition, [.. page.Items.Select(item => new DocumentOperation.Delete(item.Id))], cancellationToken);
        }

        return page;
    }
}

/// <summary>The newest first.</summary>
internal sealed class EventsOutOfOrder(IDocumentStore inner) : StoreDefect(inner)
{
    public override async Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken)
    {
        var page = await base.QueryAsync(partition, query, cancellationToken);
        return query.IdPrefix == DeliveryDocument.Prefix ? page with { Items = [.. page.Items.Reverse()] } : page;
    }
}

/// <summary>Does not look at the answer.</summary>
internal sealed class RefusedEventDropped(IWebhookSender inner) : IWebhookSender
{
    public async Task<WebhookAnswer> SendAsync(WebhookMessage message, CancellationToken cancellationToken)
    {
        await inner.SendAsync(message, cancellationToken);
        return new WebhookAnswer.Delivered();
    }

    public string? WhyNot(Uri url) => inner.WhyNot(url);
}
