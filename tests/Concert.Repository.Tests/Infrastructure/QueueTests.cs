using System.Text.Json.Nodes;
using System.Xml;

namespace Concert.Repository.Tests.Infrastructure;

[Trait("Speed", "Slow")]
public sealed class QueueTests
{
    private static readonly TimeSpan LongestEmulatorWindow = TimeSpan.FromMinutes(5);

    private static JsonNode Emulated =>
        Repo.Json("infra/emulators/servicebus-config.json")["UserConfig"]!["Namespaces"]!.AsArray().ShouldHaveSingleItem()!["Queues"]!.AsArray()
            .ShouldHaveSingleItem()!;

    private static JsonNode Host => Repo.Json("host.json")["extensions"]!["serviceBus"]!;

    [Fact]
    public void Name_InBicepAndEmulator_IsTheSame() => Emulated["Name"]!.GetValue<string>().ShouldBe(Deployment.QueueName);

    [Theory]
    [InlineData("requiresSession", "RequiresSession")]
    [InlineData("requiresDuplicateDetection", "RequiresDuplicateDetection")]
    [InlineData("maxDeliveryCount", "MaxDeliveryCount")]
    [InlineData("lockDuration", "LockDuration")]
    [InlineData("defaultMessageTimeToLive", "DefaultMessageTimeToLive")]
    [InlineData("deadLetteringOnMessageExpiration", "DeadLetteringOnMessageExpiration")]
    public void Property_InBicepAndEmulator_IsTheSame(string inBicep, string inEmulator) =>
        Emulated["Properties"]![inEmulator]!.ToString().ShouldBe(Deployment.Queue[inBicep]!.ToString(), StringCompareShould.IgnoreCase);

    [Fact]
    public void DuplicateWindow_InEmulator_IsAsLongAsTheEmulatorAllows()
    {
        var azure = Duration(Deployment.Queue["duplicateDetectionHistoryTimeWindow"]!.ToString());
        var emulator = Duration(Emulated["Properties"]!["DuplicateDetectionHistoryTimeWindow"]!.GetValue<string>());

        azure.ShouldBe(TimeSpan.FromMinutes(10));
        emulator.ShouldBe(azure < LongestEmulatorWindow ? azure : LongestEmulatorWindow);
    }

    [Fact]
    public void Queue_OfTheDesign_KeepsOrderDropsDuplicatesAndLosesNothing()
    {
        var properties = Deployment.Queue;
        properties["requiresSession"]!.ToString().ShouldBe("true");
        properties["requiresDuplicateDetection"]!.ToString().ShouldBe("true");
        properties["deadLetteringOnMessageExpiration"]!.ToString().ShouldBe("true");
        properties["maxDeliveryCount"]!.ToString().ShouldBe("10");
    }

    [Fact]
    public void Host_Sessions_AreManyAndShort()
    {
        Host["maxConcurrentSessions"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(200);
        Clock("sessionIdleTimeout").ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
        Host["autoCompleteMessages"]!.GetValue<bool>().ShouldBeTrue();
        Host["prefetchCount"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public void Host_LockRenewal_OutlastsTheLongestInvocation()
    {
        var longest = TimeSpan.Parse(Repo.Json("host.json")["functionTimeout"]!.GetValue<string>());

        Clock("maxAutoLockRenewalDuration").ShouldBeGreaterThanOrEqualTo(longest);
        Clock("maxAutoLockRenewalDuration").ShouldBeGreaterThan(Duration(Deployment.Queue["lockDuration"]!.ToString()));
    }

    [Fact]
    public void Host_NamesOfSettings_AreThoseOfTheExtension() =>
        Host.AsObject().Select(p => p.Key).ShouldBeSubsetOf(
        [
            "autoCompleteMessages", "clientRetryOptions", "enableCrossEntityTransactions", "maxAutoLockRenewalDuration", "maxBatchWaitTime",
            "maxConcurrentCalls", "maxConcurrentSessions", "maxMessageBatchSize", "minMessageBatchSize",
            "prefetchCount", "sessionIdleTimeout", "transportType", "webProxy",
        ]);

    private static TimeSpan Clock(string setting) => TimeSpan.Parse(Host[setting]!.GetValue<string>());

    private static TimeSpan Duration(string iso8601) => XmlConvert.ToTimeSpan(iso8601);
}
