using Azure.Core;
using Concert.Azure.Tests.Cosmos.Gateway;
using Concert.Booking.Ports;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Cosmos;

public sealed class CosmosCompositionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddConcertCosmos_EmulatorSettings_StoreThatWorksOnceTheHostStarted()
    {
        using var gateway = new InTestGateway();
        using var host = Host(gateway, ("Cosmos:ConnectionString", InTestGateway.ConnectionString), ("Cosmos:CreateIfMissing", "true"));

        await host.StartAsync(Cancel);

        var store = host.Services.GetRequiredService<IDocumentStore>();
        store.ShouldBeSameAs(host.Services.GetRequiredService<IDocumentStore>());
        await store.CheckAsync(Cancel);
    }

    [Fact]
    public async Task AddConcertCosmos_NotAskedToCreate_CreatesNothing()
    {
        using var gateway = new InTestGateway();
        using var host = Host(gateway, ("Cosmos:ConnectionString", InTestGateway.ConnectionString));

        await host.StartAsync(Cancel);

        await Should.ThrowAsync<StoreUnavailableException>(() => host.Services.GetRequiredService<IDocumentStore>().CheckAsync(Cancel));
    }

    [Fact]
    public async Task AddConcertCosmos_WrongSettings_HostDoesNotStart()
    {
        using var gateway = new InTestGateway();
        using var host = Host(gateway, ("Cosmos:Database", "a/b"));

        var exception = await Should.ThrowAsync<OptionsValidationException>(() => host.StartAsync(Cancel));

        exception.Failures.Count().ShouldBe(2);
    }

    /// <summary>The gateway has no replicas to name, so the call fails; that it was signed in with the registered identity is the point.</summary>
    [Fact]
    public async Task AddConcertCosmos_AccountEndpoint_SignsInWithTheRegisteredIdentity()
    {
        using var gateway = new InTestGateway();
        var identity = new AnyCredential();
        using var host = Host(gateway, identity, ("Cosmos:AccountEndpoint", "https://gateway.test:443/"));

        await Should.ThrowAsync<StoreUnavailableException>(() => host.Services.GetRequiredService<IDocumentStore>().CheckAsync(Cancel));

        identity.Asked.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Create_AccountEndpoint_DirectWithTheIdentity()
    {
        using var client = CosmosClients.Create(new CosmosOptions { AccountEndpoint = "https://name.documents.azure.com:443/" }, new AnyCredential());

        client.ClientOptions.ConnectionMode.ShouldBe(ConnectionMode.Direct);
        client.ClientOptions.LimitToEndpoint.ShouldBeFalse();
        client.ClientOptions.EnableContentResponseOnWrite.ShouldBe(false);
        client.ClientOptions.ServerCertificateCustomValidationCallback.ShouldBeNull();
    }

    [Fact]
    public void Create_ConnectionString_GatewayLimitedToItsEndpoint()
    {
        using var client = CosmosClients.Create(new CosmosOptions { ConnectionString = InTestGateway.ConnectionString, ThrottleRetries = 2 }, credential: null);

        client.ClientOptions.ConnectionMode.ShouldBe(ConnectionMode.Gateway);
        client.ClientOptions.LimitToEndpoint.ShouldBeTrue();
        client.ClientOptions.MaxRetryAttemptsOnRateLimitedRequests.ShouldBe(2);
        client.ClientOptions.ServerCertificateCustomValidationCallback.ShouldBeNull("a certificate is accepted only on request");
    }

    [Fact]
    public void Create_AcceptAnyCertificate_Accepts()
    {
        var options = new CosmosOptions { ConnectionString = InTestGateway.ConnectionString, AcceptAnyCertificate = true };
        using var client = CosmosClients.Create(options, credential: null);

        client.ClientOptions.ServerCertificateCustomValidationCallback(null!, null!, System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors).ShouldBeTrue();
    }

    [Fact]
    public async Task Provisioning_Twice_ContainersAsDefined()
    {
        using var fixture = await GatewayFixture.CreateAsync();
        await CosmosProvisioning.CreateIfMissingAsync(fixture.Client, new CosmosOptions { CreateIfMissing = true }, Cancel);

        foreach (var container in CosmosContainers.All)
        {
            var definition = fixture.Gateway.ContainerDefinition("concert", container.Name);
            definition["partitionKey"]!["paths"]!.ToJsonString().ShouldBe($"[\"{container.PartitionKeyPath}\"]");
            definition["partitionKey"]!["version"]!.GetValue<int>().ShouldBe(2);
            definition["defaultTtl"]!.GetValue<int>().ShouldBe(-1);
            definition["indexingPolicy"]!["includedPaths"]!.AsArray().Select(path => path!["path"]!.GetValue<string>()).ShouldBe(container.IndexedPaths);
            definition["indexingPolicy"]!["excludedPaths"]![0]!["path"]!.GetValue<string>().ShouldBe("/*");
        }
    }

    [Fact]
    public void Containers_PartitionKeys_AsDecided()
    {
        CosmosContainers.All.Select(container => (container.Name, container.PartitionKeyPath))
            .ShouldBe([("catalog", "/concertId"), ("bookings", "/pk"), ("wallets", "/userId")]);
    }

    private static IHost Host(InTestGateway gateway, params (string Key, string Value)[] settings) => Host(gateway, null, settings);

    private static IHost Host(InTestGateway gateway, TokenCredential? identity, params (string Key, string Value)[] settings)
    {
        var builder = new HostBuilder();
        builder.ConfigureAppConfiguration(configuration =>
            configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value))));
        builder.ConfigureServices((context, services) =>
        {
            services.AddSingleton<CosmosHttpHandlerFactory>(() => gateway);
            services.AddConcertCosmos(context.Configuration);
            if (identity is not null)
            {
                services.AddSingleton(identity);
            }
        });
        return builder.Build();
    }
}
