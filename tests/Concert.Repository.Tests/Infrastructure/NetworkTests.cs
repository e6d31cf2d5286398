using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Infrastructure;

/// <summary>The private network is a switch: off nothing of it is there, on nothing the app talks to can be reached from outside.</summary>
[Trait("Speed", "Slow")]
public sealed partial class NetworkTests
{
    private static PredictedDeployment Off => CompiledTemplates.Default;

    private static PredictedDeployment On => CompiledTemplates.PrivateNetwork;

    [Fact]
    public void Network_SwitchedOff_IsNotThere()
    {
        Off.Resources.ShouldAllBe(r => !r["type"]!.ToString().StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Off.Properties("Microsoft.Web/sites")["virtualNetworkSubnetId"].ShouldBeNull();
    }

    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts")]
    [InlineData("Microsoft.DocumentDB/databaseAccounts")]
    [InlineData("Microsoft.ServiceBus/namespaces")]
    [InlineData("Microsoft.Cache/redisEnterprise")]
    [InlineData("Microsoft.KeyVault/vaults")]
    public void PublicAccess_OfEachService_EndsWithTheSwitch(string type)
    {
        Off.Properties(type)["publicNetworkAccess"]!.ToString().ShouldBe("Enabled");
        On.Properties(type)["publicNetworkAccess"]!.ToString().ShouldBe("Disabled");
    }

    [Fact]
    public void App_SwitchedOn_CallsFromASubnetOfItsOwn()
    {
        var app = Subnet("app");
        app["delegations"]!.AsArray().ShouldHaveSingleItem()!["properties"]!["serviceName"]!.ToString().ShouldBe("Microsoft.App/environments");
        app["defaultOutboundAccess"]!.GetValue<bool>().ShouldBeTrue("sign-in and telemetry are on the internet");
        On.Properties("Microsoft.Web/sites")["virtualNetworkSubnetId"]!.ToString().ShouldEndWith("/subnets/app");
        Addresses(app).ShouldBeGreaterThan(CompiledTemplates.Main["parameters"]!["maximumInstanceCount"]!["defaultValue"]!.GetValue<int>());
    }

    [Fact]
    public void Endpoints_SwitchedOn_LeadToEveryServiceTheAppTalksTo()
    {
        var links = On.ResourcesOf("Microsoft.Network/privateEndpoints").Select(e =>
        {
            e["properties"]!["subnet"]!["id"]!.ToString().ShouldEndWith("/subnets/private-endpoints");
            var link = e["properties"]!["privateLinkServiceConnections"]!.AsArray().ShouldHaveSingleItem()!["properties"]!;
            return $"{link["groupIds"]!.AsArray().ShouldHaveSingleItem()} of {link["privateLinkServiceId"]!.ToString().Split("/providers/")[1].Split('/')[1]}";
        });

        links.ShouldBe(
            [
                "blob of storageAccounts", "table of storageAccounts", "Sql of databaseAccounts", "namespace of namespaces", "redisEnterprise of redisEnterprise",
                "vault of vaults",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Names_SwitchedOn_AreAnsweredInsideTheNetwork()
    {
        var network = On.Resource("Microsoft.Network/virtualNetworks")["id"]!.ToString();
        var zones = On.ResourcesOf("Microsoft.Network/privateDnsZones").Select(z => Zone(z["id"]!)).ToList();
        var links = On.ResourcesOf("Microsoft.Network/privateDnsZones/virtualNetworkLinks");
        var groups = On.ResourcesOf("Microsoft.Network/privateEndpoints/privateDnsZoneGroups");

        zones.Distinct().Count().ShouldBe(6);
        links.ShouldAllBe(l => l["properties"]!["virtualNetwork"]!["id"]!.ToString() == network);
        links.Select(l => Zone(l["id"]!)).ShouldBe(zones, ignoreOrder: true);
        groups.Select(g => Zone(g["properties"]!["privateDnsZoneConfigs"]!.AsArray().ShouldHaveSingleItem()!["properties"]!["privateDnsZoneId"]!))
            .ShouldBe(zones, ignoreOrder: true);
    }

    [Fact]
    public void Switch_OnAStandardNamespace_SaysWhatItNeeds()
    {
        var (exitCode, said) = BicepCompiler.Run(CompiledTemplates.Folder, CompiledTemplates.SnapshotOf("private-network-on-standard"));

        exitCode.ShouldNotBe(0);
        said.ShouldContain("vnetEnabled needs serviceBusSku Premium");
    }

    private static string Zone(JsonNode id) => ZoneName().Match(id.ToString()).Value;

    [GeneratedRegex(@"\bprivatelink\.[a-z.]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ZoneName();

    private static JsonNode Subnet(string name) =>
        On.Properties("Microsoft.Network/virtualNetworks")["subnets"]!.AsArray().Single(s => s!["name"]!.ToString() == name)!["properties"]!;

    private static int Addresses(JsonNode subnet) => 1 << (32 - int.Parse(subnet["addressPrefix"]!.ToString().Split('/')[1]));
}
