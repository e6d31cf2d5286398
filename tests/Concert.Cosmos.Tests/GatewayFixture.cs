using System.Collections.Concurrent;
using Concert.Booking.Shared;
using Concert.Cosmos.Tests.Gateway;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace Concert.Cosmos.Tests;

/// <summary>The adapter over the real SDK over the in-test gateway.</summary>
internal sealed class GatewayFixture : IDisposable
{
    private readonly RequestCharges _charges;

    private GatewayFixture(InTestGateway gateway, CosmosOptions options)
    {
        Gateway = gateway;
        _charges = new RequestCharges(Charges.Enqueue);
        Client = CosmosClients.Create(options, credential: null, () => gateway);
        Store = new CosmosDocumentStore(Client, Options.Create(options), _charges, TimeProvider.System, new SystemRandomSource());
    }

    public InTestGateway Gateway { get; }

    public CosmosClient Client { get; }

    public CosmosDocumentStore Store { get; }

    public ConcurrentQueue<RequestCharge> Charges { get; } = new();

    public static async Task<GatewayFixture> CreateAsync(Action<CosmosOptions>? configure = null)
    {
        var options = new CosmosOptions { ConnectionString = InTestGateway.ConnectionString, CreateIfMissing = true };
        configure?.Invoke(options);
        var fixture = new GatewayFixture(new InTestGateway(), options);
        await CosmosProvisioning.CreateIfMissingAsync(fixture.Client, options, CancellationToken.None);
        return fixture;
    }

    public void Dispose()
    {
        Client.Dispose();
        _charges.Dispose();
    }
}
