namespace Concert.Repository.Tests.Infrastructure;

[Trait("Speed", "Slow")]
public sealed class StoreTests
{
    private const string ContainerType = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";

    private static PredictedDeployment Deployed => CompiledTemplates.Default;

    [Fact]
    public void Containers_InBicep_AreThoseOfTheDesign() =>
        Deployment.PartitionKeys.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}")
            .ShouldBe(["bookings /pk", "catalog /concertId", "wallets /userId"]);

    [Fact]
    public void Container_Expiry_IsOnAndOffByDefault() => Deployment.Containers.ShouldAllBe(c => c["defaultTtl"]!.ToString() == "-1");

    [Fact]
    public void Container_Indexes_AreOnlyWhatIsQueried()
    {
        foreach (var container in Deployment.Containers)
        {
            container["indexingPolicy"]!["excludedPaths"]!.AsArray().ShouldHaveSingleItem()!["path"]!.ToString().ShouldBe("/*");
            var name = container["id"]!.ToString();
            string[] due = name == "bookings" ? ["/due/?"] : [];
            Deployment.IndexedPaths(container).ShouldBe([$"{Deployment.PartitionKeys[name]}/?", .. due]);
        }
    }

    [Fact]
    public void Container_Throughput_ScalesByItselfOrIsServerless()
    {
        Deployed.ResourcesOf(ContainerType).ToDictionary(
                PredictedDeployment.LastName, r => r["properties"]!["options"]!["autoscaleSettings"]!["maxThroughput"]!.GetValue<int>())
            .ShouldBe(new Dictionary<string, int> { ["catalog"] = 1000, ["bookings"] = 4000, ["wallets"] = 4000 }, ignoreOrder: true);
        CompiledTemplates.Everything.ResourcesOf(ContainerType).ShouldAllBe(r => r["properties"]!["options"]!.AsObject().Count == 0);
        CompiledTemplates.Everything.Properties("Microsoft.DocumentDB/databaseAccounts")["capabilities"]!.AsArray().ShouldHaveSingleItem()!["name"]!
            .ToString().ShouldBe("EnableServerless");
    }

    [Fact]
    public void Database_OfTheApp_IsTheOneDeployed()
    {
        var database = Deployed.Resource("Microsoft.DocumentDB/databaseAccounts/sqlDatabases");

        PredictedDeployment.LastName(database).ShouldBe("concert");
        database["properties"]!["resource"]!["id"]!.ToString().ShouldBe("concert");
        Deployment.Settings["Cosmos__database"].ShouldBe("concert");
    }

    [Fact]
    public void Redis_Eviction_IsOffEverywhere()
    {
        Deployed.Properties("Microsoft.Cache/redisEnterprise/databases")["evictionPolicy"]!.ToString().ShouldBe("NoEviction");
        Repo.Text("docker-compose.yml").ShouldContain("--maxmemory-policy noeviction");
    }
}
