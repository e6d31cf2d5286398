using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Infrastructure;

public sealed partial class EmulatorTests
{
    private static string Compose => Repo.Text("docker-compose.yml");

    [Fact]
    public void Services_OfEveryDependency_AreThere() =>
        ServiceName().Matches(Compose).Select(m => m.Groups["name"].Value).ShouldBe(["azurite", "redis", "cosmos", "servicebus", "sql"], ignoreOrder: true);

    [Fact]
    public void Ports_AreOnLoopbackOnly()
    {
        var ports = Port().Matches(Compose).Select(m => m.Groups["port"].Value).ToList();

        ports.Count.ShouldBe(8);
        ports.ShouldAllBe(p => p.StartsWith("127.0.0.1:", StringComparison.Ordinal));
    }

    [Fact]
    public void QueueConfiguration_ThatIsMounted_Exists()
    {
        var mount = Mount().Match(Compose);
        mount.Groups["to"].Value.ShouldBe("/ServiceBus_Emulator/ConfigFiles/Config.json");
        Repo.Has(mount.Groups["from"].Value).ShouldBeTrue();
    }

    [Fact]
    public void Password_OfTheBrokersDatabase_IsTheSameOnBothSides() =>
        Password().Matches(Compose).Select(m => m.Groups["value"].Value).Distinct().ShouldHaveSingleItem();

    [Fact]
    public void LocalConnection_GoesToTheEmulator() =>
        Deployment.LocalSettings["ServiceBusConnection"].ShouldBe(
            "Endpoint=sb://localhost;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;");

    [GeneratedRegex(@"^  (?<name>[a-z]+):\n    image:", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServiceName();

    [GeneratedRegex(@"^      - ""(?<port>[0-9.:]+)""$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Port();

    [GeneratedRegex(@"- ""\./(?<from>[^:]+):(?<to>[^:]+):ro""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mount();

    [GeneratedRegex(@"MSSQL_SA_PASSWORD: ""(?<value>[^""]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Password();
}
