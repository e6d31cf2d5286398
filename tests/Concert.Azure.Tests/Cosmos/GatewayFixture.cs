using System.Collections.Concurrent;
using Concert.Azure.Tests.Cosmos.Gateway;
using Concert.Booking.Ports;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace Concert.Azure.Tests.Cosmos;

/// <summary>The adapter over the real SDK over the in-test gateway.</summary>
internal sealed class GatewayFixture : IDisposable
{
    private readonly RequestCharges _charges;

    private GatewayFixture(InTestGateway gateway, CosmosOptions options, TimeProvider time)
    {
        Gateway = gateway;
        _charges = new RequestCharges(Charges.Enqueue);
        Client = CosmosClients.Create(options, credential: null, () => gateway);
        Store = new CosmosDocumentStore(Client, Options.Create(options), _charges, time, new SystemRandomSource());
    }

    public InTestGateway Gateway { get; }

    public CosmosClient Client { get; }

    public CosmosDocumentStore Store { get; }

    public ConcurrentQueue<RequestCharge> Charges { get; } = new();

    public static async Task<GatewayFixture> CreateAsync(Action<CosmosOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new CosmosOptions { ConnectionString = InTestGateway.ConnectionString, CreateIfMissing = true };
        configure?.Invoke(options);
        var fixture = new GatewayFixture(new InTestGateway(), options, time ?? TimeProvider.System);
        await CosmosProvisioning.CreateIfMissingAsync(fixture.Client, options, CancellationToken.None);
        return fixture;
    }

    public void Dispose()
    {
        Client.Dispose();
        _charges.Dispose();
    }
}
