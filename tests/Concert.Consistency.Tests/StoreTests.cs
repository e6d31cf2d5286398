using Concert.Consistency.Tests.Reading;
using Shouldly;

namespace Concert.Consistency.Tests;

public sealed class StoreTests
{
    private static BicepFile Cosmos => Repository.Bicep("infra/modules/cosmos.bicep");

    private static BicepValue Container => Deployment.Container;

    [Fact]
    public void Containers_InBicep_AreThoseOfTheDesign() =>
        Deployment.Containers.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}")
            .ShouldBe(["bookings /pk", "catalog /concertId", "wallets /userId"]);

    [Fact]
    public void Container_Expiry_IsOnAndOffByDefault() => Container["defaultTtl"].Text.ShouldBe("- 1");

    [Fact]
    public void Container_Indexes_AreOnlyWhatIsQueried()
    {
        var policy = Container["indexingPolicy"];

        policy["excludedPaths"].Items.ShouldHaveSingleItem()["path"].Text.ShouldBe("/*");
        Deployment.IndexedPaths.ShouldBe(["${item.partitionKey}/?", "/type/?", "/status/?", "/due/?"]);
    }

    [Fact]
    public void Container_PartitionKey_ComesFromTheList() =>
        Container["partitionKey"]["paths"].Items.ShouldHaveSingleItem().Text.ShouldBe("item . partitionKey");

    [Fact]
    public void Database_OfTheApp_IsTheOneDeployed()
    {
        Cosmos.Resource("Microsoft.DocumentDB/databaseAccounts/sqlDatabases").Declared["name"].Text.ShouldBe("concert");
        Deployment.Settings["Cosmos__database"].ShouldBe("cosmosDatabase");
        Deployment.Main.Modules.Single(m => m.Symbol == "api").Body["params"]["cosmosDatabase"].Text.ShouldBe("cosmos . outputs . database");
    }

    [Fact]
    public void Redis_Eviction_IsOffEverywhere()
    {
        Repository.Bicep("infra/modules/redis.bicep").Resource("Microsoft.Cache/redisEnterprise/databases").Declared["properties"]["evictionPolicy"].Text
            .ShouldBe("NoEviction");
        Repository.Text("docker-compose.yml").ShouldContain("--maxmemory-policy noeviction");
    }
}
