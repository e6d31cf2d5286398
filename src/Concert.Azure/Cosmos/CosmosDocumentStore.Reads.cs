using Concert.Booking.Ports;
using Microsoft.Azure.Cosmos;

namespace Concert.Azure.Cosmos;

public sealed partial class CosmosDocumentStore
{
    /// <summary>Up to this many, point reads at the same time (1 RU each for small documents) cost no more than the one query of a bulk read.</summary>
    private const int PointReads = 3;

    private const int MaxReadMany = 200;

    public Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken) =>
        ReadGuardedAsync(token => PointReadAsync(partition, id, token), cancellationToken);

    public Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count is 0 or > MaxReadMany)
        {
            throw new ArgumentException($"1 to {MaxReadMany} ids can be read at once, not {ids.Count}.", nameof(ids));
        }

        return ReadGuardedAsync<IReadOnlyList<StoredDocument?>>(
            async token => ids.Count <= PointReads
                ? await Task.WhenAll(ids.Select(id => PointReadAsync(partition, id, token)))
                : await BulkReadAsync(partition, ids, token),
            cancellationToken);
    }

    private async Task<StoredDocument?> PointReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken)
    {
        var container = CosmosContainers.Of(partition.Container);
        using var response = await Container(container).ReadItemStreamAsync(id, new PartitionKey(partition.Key), cancellationToken: cancellationToken);
        Charge("read", container, response.Headers.RequestCharge);
        if (CosmosFault.IsAbsent(response.StatusCode, CosmosFault.SubStatus(response.Headers)))
        {
            return null;
        }

        ThrowIfFailed(response);
        return new StoredDocument(id, await StoredFeed.BytesAsync(response.Content, cancellationToken), response.Headers.ETag);
    }

    private async Task<StoredDocument?[]> BulkReadAsync(PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var container = CosmosContainers.Of(partition.Container);
        var key = new PartitionKey(partition.Key);
        using var response = await Container(container).ReadManyItemsStreamAsync(
            [.. ids.Distinct(StringComparer.Ordinal).Select(id => (id, key))], cancellationToken: cancellationToken);
        Charge("read-many", container, response.Headers.RequestCharge);
        ThrowIfFailed(response);
        var found = (await StoredFeed.ParseAsync(response.Content, cancellationToken)).ToDictionary(document => document.Id, StringComparer.Ordinal);
        return [.. ids.Select(id => found.GetValueOrDefault(id))];
    }

    private static void ThrowIfFailed(ResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw CosmosFault.OfRead(response.StatusCode, CosmosFault.SubStatus(response.Headers), response.Headers.RetryAfterOrNull());
        }
    }
}
