using Concert.Consistency.Tests.Reading;
using Shouldly;

namespace Concert.Consistency.Tests;

/// <summary>Nothing is reached with a key, and nobody may do more than it has to.</summary>
public sealed class AccessTests
{
    private static BicepFile Roles => Repository.Bicep("infra/app/roles.bicep");

    [Fact]
    public void Storage_SharedKeys_AreOff() =>
        Repository.Bicep("infra/modules/storage.bicep").Modules.ShouldHaveSingleItem().Body["params"]["allowSharedKeyAccess"].Text.ShouldBe("false");

    [Theory]
    [InlineData("infra/modules/servicebus.bicep", "Microsoft.ServiceBus/namespaces")]
    [InlineData("infra/modules/cosmos.bicep", "Microsoft.DocumentDB/databaseAccounts")]
    public void LocalAuthentication_IsOff(string file, string type) =>
        Repository.Bicep(file).Resource(type).Declared["properties"]["disableLocalAuth"].Text.ShouldBe("true");

    [Fact]
    public void Telemetry_LocalAuthentication_IsOff() =>
        Repository.Bicep("infra/modules/monitoring.bicep").Modules.Single(m => m.Symbol == "applicationInsights").Body["params"]["disableLocalAuth"].Text
            .ShouldBe("true");

    [Fact]
    public void Redis_AccessKeys_AreOff() =>
        Repository.Bicep("infra/modules/redis.bicep").Resource("Microsoft.Cache/redisEnterprise/databases").Declared["properties"]["accessKeysAuthentication"]
            .Text.ShouldBe("Disabled");

    [Fact]
    public void KeyVault_Access_IsByRole() =>
        Repository.Bicep("infra/modules/keyvault.bicep").Resource("Microsoft.KeyVault/vaults").Declared["properties"]["enableRbacAuthorization"].Text
            .ShouldBe("true");

    [Fact]
    public void Roles_OfTheApp_AreOnSingleResources() =>
        Roles.ResourcesOf("Microsoft.Authorization/roleAssignments").Select(r => r.Declared["scope"].Text)
            .ShouldBe(["storage", "serviceBus : : queue", "keyVault", "keyVault", "applicationInsights"], ignoreOrder: true);

    [Fact]
    public void Roles_OwnerOfTheQueue_OnlyForTargetBasedScaling()
    {
        var queue = Roles.Variables["queueRoles"].Text;
        queue.ShouldEndWith("targetBasedScaling ? [ role . serviceBusDataOwner ] : [ ] )");
        queue.ShouldContain("role . serviceBusDataReceiver role . serviceBusDataSender");
        Roles.Source.Split("serviceBusDataOwner").Length.ShouldBe(3, "defined once and used once");
    }

    [Fact]
    public void Settings_OfTheApp_HoldNoSecret() =>
        Deployment.Settings.ShouldAllBe(s =>
            !s.Value.Contains("Key=", StringComparison.OrdinalIgnoreCase) && !s.Value.Contains("Password", StringComparison.OrdinalIgnoreCase));
}
