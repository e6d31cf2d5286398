using System.Globalization;
using Concert.Booking.Ports;
using Microsoft.Azure.Cosmos;

namespace Concert.Azure.Cosmos;

public sealed partial class CosmosDocumentStore
{
    private const int MaxPage = 1000;

    public Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ThrowIfNoPage(query.Limit);
        return ReadGuardedAsync(token => RangeAsync(partition, query, token), cancellationToken);
    }

    public Task<IReadOnlyList<LocatedDocument>> QueryDueAsync(
        DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statuses);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var where = CosmosContainers.Of(container);
        var text = $"SELECT * FROM c WHERE c.due <= @due AND {StatusIn(statuses)}";
        var query = WithStatuses(new QueryDefinition(text).WithParameter("@due", dueBefore.ToUnixTimeMilliseconds()), statuses);
        return ReadGuardedAsync<IReadOnlyList<LocatedDocument>>(
            async token =>
            {
                // A limit beyond one page: a timer's round takes as many pages as it needs.
                var options = new QueryRequestOptions { MaxItemCount = Math.Min(limit, MaxPage) };
                using var feed = Container(where).GetItemQueryStreamIterator(query, null, options);
                var found = new List<LocatedDocument>();
                while (feed.HasMoreResults && found.Count < limit)
                {
                    using var page = await NextAsync(feed, "query-due", where, token);
                    found.AddRange(await StoredFeed.ParseLocatedAsync(where, page.Content, token));
                }

                return found.Count > limit ? found[..limit] : found;
            },
            cancellationToken);
    }

    public Task<LocatedPage> ScanAsync(DocumentContainer container, string idPrefix, string? continuation, int limit, CancellationToken cancellationToken)
    {
        ThrowIfNoPage(limit);
        var where = CosmosContainers.Of(container);
        var query = new QueryDefinition("SELECT * FROM c WHERE c.id >= @from AND c.id < @to").WithParameter("@from", idPrefix).WithParameter("@to", Behind(idPrefix));
        return ReadGuardedAsync(
            async token =>
            {
                using var feed = Container(where).GetItemQueryStreamIterator(query, continuation, new QueryRequestOptions { MaxItemCount = limit });
                while (feed.HasMoreResults)
                {
                    using var page = await NextAsync(feed, "scan", where, token);
                    var found = await StoredFeed.ParseLocatedAsync(where, page.Content, token);
                    if (found.Count > 0)
                    {
                        return new LocatedPage(found, feed.HasMoreResults ? page.ContinuationToken : null);
                    }
                }

                return new LocatedPage([], null);
            },
            cancellationToken);
    }

    /// <summary>Asks for one more than the page holds, so that the last page is known to be the last; continues by key, not by the SDK's token.</summary>
    private async Task<DocumentPage> RangeAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken)
    {
        var container = CosmosContainers.Of(partition.Container);
        var options = new QueryRequestOptions { PartitionKey = new PartitionKey(partition.Key), MaxItemCount = query.Limit + 1 };
        using var feed = Container(container).GetItemQueryStreamIterator(Range(query), null, options);
        var found = new List<StoredDocument>();
        while (feed.HasMoreResults && found.Count <= query.Limit)
        {
            using var page = await NextAsync(feed, "query", container, cancellationToken);
            found.AddRange(await StoredFeed.ParseAsync(page.Content, cancellationToken));
        }

        return found.Count > query.Limit ? new DocumentPage(found[..query.Limit], found[query.Limit - 1].Id) : new DocumentPage(found, null);
    }

    private static QueryDefinition Range(PartitionQuery query)
    {
        var conditions = new List<string> { query.After is null ? "c.id >= @from" : "c.id > @from" };
        if (query.IdPrefix.Length > 0)
        {
            conditions.Add("c.id < @to");
        }

        if (query.Statuses is not null)
        {
            conditions.Add(StatusIn(query.Statuses));
        }

        var definition = new QueryDefinition($"SELECT * FROM c WHERE {string.Join(" AND ", conditions)} ORDER BY c.id")
            .WithParameter("@from", query.After ?? query.IdPrefix);
        if (query.IdPrefix.Length > 0)
        {
            definition.WithParameter("@to", Behind(query.IdPrefix));
        }

        return WithStatuses(definition, query.Statuses ?? []);
    }

    /// <summary>The first id behind all that start with the prefix.</summary>
    private static string Behind(string prefix) => prefix[..^1] + (char)(prefix[^1] + 1);

    private static string StatusIn(IReadOnlyList<string> statuses) =>
        statuses.Count == 0 ? "false" : $"c.status IN ({string.Join(", ", statuses.Select((_, i) => Parameter(i)))})";

    private static QueryDefinition WithStatuses(QueryDefinition definition, IReadOnlyList<string> statuses)
    {
        for (var i = 0; i < statuses.Count; i++)
        {
            definition.WithParameter(Parameter(i), statuses[i]);
        }

        return definition;
    }

    private static string Parameter(int i) => string.Create(CultureInfo.InvariantCulture, $"@status{i}");

    private async Task<ResponseMessage> NextAsync(FeedIterator feed, string operation, CosmosContainer container, CancellationToken cancellationToken)
    {
        var page = await feed.ReadNextAsync(cancellationToken);
        Charge(operation, container, page.Headers.RequestCharge);
        try
        {
            ThrowIfFailed(page);
            return page;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    private static void ThrowIfNoPage(int limit)
    {
        if (limit is < 1 or > MaxPage)
        {
            throw new ArgumentOutOfRangeException(nameof(limit), limit, $"A page has 1 to {MaxPage} documents.");
        }
    }
}
