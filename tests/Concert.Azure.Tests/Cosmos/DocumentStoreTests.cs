using Concert.Booking.Ports;
using Concert.Contracts;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace Concert.Azure.Tests.Cosmos;

/// <summary>The contract over the real SDK, answered by the in-test gateway.</summary>
public sealed class GatewayDocumentStoreTests : DocumentStoreContract
{
    private GatewayFixture _fixture = null!;

    protected override async Task<IDocumentStore> CreateStoreAsync() => (_fixture = await GatewayFixture.CreateAsync()).Store;

    protected override Task PassTimeAsync(TimeSpan time)
    {
        _fixture.Gateway.PassTime(time);
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        _fixture.Dispose();
        await base.DisposeAsync();
    }
}

/// <summary>The same against the emulator: <c>COSMOS_EMULATOR_ENDPOINT</c> is its address, with the key that every emulator has.</summary>
[NeedsServer("COSMOS_EMULATOR_ENDPOINT")]
public sealed class EmulatorDocumentStoreTests : DocumentStoreContract
{
    private const string EmulatorKey = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

    private CosmosClient? _client;
    private RequestCharges? _charges;

    protected override async Task<IDocumentStore> CreateStoreAsync()
    {
        var options = new CosmosOptions
        {
            ConnectionString = $"AccountEndpoint={Environment.GetEnvironmentVariable("COSMOS_EMULATOR_ENDPOINT")};AccountKey={EmulatorKey};",
            Database = "concert-contract",
            CreateIfMissing = true,
            AcceptAnyCertificate = true,
            ThrottleRetries = 9,
            OperationTimeout = TimeSpan.FromSeconds(60),
        };
        _client = CosmosClients.Create(options, credential: null);
        _charges = new RequestCharges();
        await CosmosProvisioning.CreateIfMissingAsync(_client, options, Cancel);
        return new CosmosDocumentStore(_client, Options.Create(options), _charges, TimeProvider.System, new SystemRandomSource());
    }

    protected override Task PassTimeAsync(TimeSpan time) => Task.Delay(time, Cancel);

    public override async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _charges?.Dispose();
        await base.DisposeAsync();
    }
}
