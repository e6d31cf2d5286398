using System.Collections.ObjectModel;
using Concert.Booking.Ports;
using Microsoft.Azure.Cosmos;

namespace Concert.Azure.Cosmos;

/// <summary>One container as it has to be: its name, partition key and indexes.</summary>
/// <param name="Container">What the port calls it.</param>
/// <param name="Name">Its name in the database.</param>
/// <param name="PartitionProperty">The property the adapter adds to each document; the partition key path is this with a slash before it.</param>
/// <param name="Queried">Other paths that queries ask for: the timers' <c>due</c>. A status is looked at in what is due, not asked for by itself.</param>
public sealed record CosmosContainer(DocumentContainer Container, string Name, string PartitionProperty, params string[] Queried)
{
    public string PartitionKeyPath => "/" + PartitionProperty;

    /// <summary>
    /// Only what is queried costs index writes. <c>id</c> is always indexed; the partition key is not unless it is listed, and without it a
    /// query inside one partition reads through its neighbours.
    /// </summary>
    public IReadOnlyList<string> IndexedPaths => [$"/{PartitionProperty}/?", .. Queried];

    /// <summary>-1: only documents with a <c>ttl</c> of their own end.</summary>
    public int DefaultTimeToLive => -1;

    public ContainerProperties ToProperties()
    {
        var indexing = new IndexingPolicy { Automatic = true, IndexingMode = IndexingMode.Consistent };
        foreach (var path in IndexedPaths)
        {
            indexing.IncludedPaths.Add(new IncludedPath { Path = path });
        }

        indexing.ExcludedPaths.Add(new ExcludedPath { Path = "/*" });
        return new ContainerProperties(Name, PartitionKeyPath)
        {
            PartitionKeyDefinitionVersion = PartitionKeyDefinitionVersion.V2,
            DefaultTimeToLive = DefaultTimeToLive,
            IndexingPolicy = indexing,
        };
    }
}

/// <summary>The containers of the database. The infrastructure templates are tested against this.</summary>
public static class CosmosContainers
{
    public static ReadOnlyCollection<CosmosContainer> All { get; } = new(
    [
        new CosmosContainer(DocumentContainer.Catalog, "catalog", "concertId"),
        new CosmosContainer(DocumentContainer.Bookings, "bookings", "pk", "/due/?"),
        new CosmosContainer(DocumentContainer.Wallets, "wallets", "userId"),
    ]);

    /// <summary>The container behind the port's name.</summary>
    public static CosmosContainer Of(DocumentContainer container) => All.First(candidate => candidate.Container == container);
}
