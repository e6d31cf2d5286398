using Concert.Api;
using Concert.Azure.Cosmos;
using Concert.Azure.ServiceBus;
using Concert.Booking;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using ConcertFunctions.Functions;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Shouldly;

namespace ConcertFunctions.Tests.Azure;

/// <summary>The container as the app builds it on Azure, with the real clients. Nothing connects before it is used.</summary>
public sealed class AzureBackendTests
{
    private static readonly (string Key, string Value)[] Emulators =
    [
        ("ServiceBusConnection", "Endpoint=sb://localhost;SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true;"),
        ("Redis:configuration", "localhost:1"), ("Cosmos:ConnectionString", "AccountEndpoint=https://localhost:1/;AccountKey=YW55"),
    ];

    private static readonly (string Key, string Value)[] Cloud =
    [
        ("ServiceBusConnection:fullyQualifiedNamespace", "sale.servicebus.windows.net"), ("ServiceBusConnection:credential", "managedidentity"),
        ("Redis:endpoint", "sale.koreacentral.redis.azure.net:10000"), ("Cosmos:accountEndpoint", "https://sale.documents.azure.com:443/"),
        ("AZURE_CLIENT_ID", "00000000-0000-0000-0000-000000000001"), ("WEBSITE_SITE_NAME", "sale"), ("Identity:Mode", "Platform"),
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=00000000-0000-0000-0000-000000000001"),
    ];

    public static TheoryData<bool> Both => [true, false];

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Container_OnAzure_IsValidAndHasEveryPortOnItsClient(bool cloud)
    {
        var configuration = Configuration(cloud ? Cloud : Emulators);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<IHostEnvironment>(new HostingEnvironment());
        services.AddConcertBooking(configuration).AddConcertApi(configuration);
        Backend.Add(services, configuration).ShouldBeEmpty();
        services.AddSingleton<HttpFunctions>().AddSingleton<CommandFunctions>().AddSingleton<TimerFunctions>();

        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        SettingFaults.Find(provider).ShouldBeEmpty();
        provider.GetRequiredService<ICommandSender>().ShouldBeOfType<ServiceBusCommandSender>();
        provider.GetRequiredService<IDocumentStore>().ShouldBeOfType<CosmosDocumentStore>();
        foreach (var redis in new object[] { provider.GetRequiredService<IWaitingRoom>(), provider.GetRequiredService<ISeatGate>(), provider.GetRequiredService<ISeatMapCache>() })
        {
            redis.GetType().Namespace.ShouldBe("Concert.Azure.Redis");
        }

        provider.GetRequiredService<IDistributedCache>().GetType().Name.ShouldContain("Redis");
        _ = provider.GetRequiredService<HttpFunctions>();
        _ = provider.GetRequiredService<CommandFunctions>();
        _ = provider.GetRequiredService<TimerFunctions>();
    }

    private static IConfigurationRoot Configuration((string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)))
        .AddInMemoryCollection([new("WaitingRoom:SigningKey", "a-signing-key-for-tests-0123456789"), new("Admin:Key", "an-admin-key-for-tests-0123456789")])
        .Build();
}
