using Concert.Booking.Ports;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace Concert.Azure.Cosmos;

/// <summary>The document port on Cosmos DB for NoSQL. One instance for the life of the process.</summary>
public sealed partial class CosmosDocumentStore : IDocumentStore
{
    private readonly CosmosClient _client;
    private readonly CosmosOptions _options;
    private readonly RequestCharges _charges;
    private readonly TimeProvider _time;
    private readonly IRandomSource _random;

    public CosmosDocumentStore(CosmosClient client, IOptions<CosmosOptions> options, RequestCharges charges, TimeProvider time, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_client, _options, _charges, _time, _random) = (client, options.Value, charges, time, random);
    }

    /// <summary>Reads a document that never exists from each container: proves the account, the identity and the containers for 1 RU each.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        foreach (var container in CosmosContainers.All)
        {
            await ReadAsync(new PartitionRef(container.Container, "check"), "check", cancellationToken);
        }
    }

    private Container Container(CosmosContainer container) => _client.GetContainer(_options.Database, container.Name);

    private void Charge(string operation, CosmosContainer container, double units) => _charges.Record(new RequestCharge(operation, container.Name, units));

    /// <summary>Runs a read within its time; whatever fails comes out as what the port promises.</summary>
    private async Task<T> ReadGuardedAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.OperationTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await read(either.Token);
        }
        catch (CosmosException exception)
        {
            throw CosmosFault.OfRead(exception.StatusCode, exception.SubStatusCode, exception.RetryAfter, exception);
        }
        catch (HttpRequestException exception)
        {
            throw new StoreUnavailableException("Cosmos DB could not be reached.", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"Cosmos DB did not answer within {_options.OperationTimeout.TotalSeconds:0.###} s.", exception);
        }
    }
}
