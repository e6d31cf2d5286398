using System.Net;
using System.Net.Sockets;
using System.Text;
using Azure.Core;
using Azure.Messaging.ServiceBus;
using Concert.Azure.ServiceBus;
using Concert.Booking.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.ServiceBus;

public sealed class ServiceBusCompositionTests
{
    private const string Emulator = "Endpoint=sb://localhost;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;";

    [Theory]
    [InlineData("ServiceBusConnection:fullyQualifiedNamespace", "sale.servicebus.windows.net", "sale.servicebus.windows.net")]
    [InlineData("ServiceBusConnection", Emulator, "localhost")]
    public async Task AddConcertServiceBus_RightSettings_SendsToTheQueueOfThatBroker(string setting, string value, string broker)
    {
        var configuration = Configuration((setting, value));
        await using var services = Services(configuration);

        ServiceBusServiceCollectionExtensions.FindServiceBusFaults(configuration).ShouldBeEmpty();
        services.GetRequiredService<ICommandSender>().ShouldBeOfType<ServiceBusCommandSender>();
        services.GetRequiredService<IQueueInspector>().ShouldBeOfType<ServiceBusQueueInspector>();
        services.GetRequiredService<ServiceBusClient>().FullyQualifiedNamespace.ShouldBe(broker);
        services.GetRequiredService<ServiceBusSender>().EntityPath.ShouldBe("seat-commands");
    }

    [Theory]
    [InlineData(null, null, "Set exactly one of ServiceBusConnection:fullyQualifiedNamespace (Azure, by identity) and ServiceBusConnection")]
    [InlineData("sale.servicebus.windows.net", Emulator, "Set exactly one of")]
    [InlineData(null, "Endpoint=nonsense", "ServiceBusConnection cannot be read")]
    [InlineData(null, "no connection string", "ServiceBusConnection cannot be read")]
    [InlineData("https://sale.servicebus.windows.net/", null, "ServiceBusConnection:fullyQualifiedNamespace is 'https://sale.servicebus.windows.net/'")]
    public void FindServiceBusFaults_WrongSettings_OneLine(string? name, string? text, string line) =>
        ServiceBusServiceCollectionExtensions
            .FindServiceBusFaults(Configuration(("ServiceBusConnection:fullyQualifiedNamespace", name), ("ServiceBusConnection", text)))
            .ShouldHaveSingleItem().ShouldStartWith(line);

    /// <summary>The real client, and nobody at the other end.</summary>
    [Fact]
    public async Task RealClient_NobodyListens_NotNowAndNotReady()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        await using var services = Services(Configuration(("ServiceBusConnection", Emulator.Replace("localhost", $"localhost:{port}", StringComparison.Ordinal))));
        var sender = services.GetRequiredService<ICommandSender>();

        await Should.ThrowAsync<StoreUnavailableException>(() => sender.CheckAsync(TestContext.Current.CancellationToken));
        (await sender.SendAsync([new CommandMessage("m", "s", Encoding.UTF8.GetBytes("{}"))], TestContext.Current.CancellationToken))
            .ShouldBeOfType<SendResult.Unavailable>();
    }

    private static IConfigurationRoot Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))).Build();

    private static ServiceProvider Services(IConfiguration configuration) => new ServiceCollection()
        .AddLogging().AddSingleton(TimeProvider.System).AddSingleton<TokenCredential>(new AnyCredential())
        .AddConcertServiceBus(configuration)
        .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
