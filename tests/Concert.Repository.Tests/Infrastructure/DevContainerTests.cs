using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Infrastructure;

public sealed partial class DevContainerTests
{
    private static JsonNode Container => Repo.Json(".devcontainer/devcontainer.json");

    private static string Setup => Repo.Text(".devcontainer/setup.sh");

    [Fact]
    public void Image_HasTheSdkOfTheRepository()
    {
        var sdk = Repo.Json("global.json")["sdk"]!["version"]!.ToString();

        Container["image"]!.ToString().ShouldBe($"mcr.microsoft.com/devcontainers/dotnet:{string.Join('.', sdk.Split('.').Take(2))}");
    }

    [Fact]
    public void Tools_ThatTheGuideUses_AreInstalled()
    {
        var features = Container["features"]!.AsObject().Select(f => f.Key).ToList();

        features.ShouldAllBe(f => Pinned().IsMatch(f));
        features.Select(f => f.Split('/', ':')[^2]).ShouldBe(["azure-cli", "azd", "node", "docker-in-docker"], ignoreOrder: true);
        Setup.ShouldContain("azure-functions-core-tools@4");
        Setup.ShouldContain("azurite@3");
        Setup.ShouldContain("redis-server");
    }

    [Fact]
    public void Files_ThatItsCommandsName_Exist()
    {
        var script = Container["onCreateCommand"]!.ToString().Split(' ')[^1];
        Repo.Has(script).ShouldBeTrue();
        Path.GetDirectoryName(script).ShouldBe(".devcontainer", "setup.sh finds the repository from where it is");
        Copied().Matches(Setup).Select(m => m.Groups["from"].Value).ShouldHaveSingleItem().ShouldSatisfyAllConditions(f => Repo.Has(f).ShouldBeTrue());
    }

    [Fact]
    public void Ports_ThatAreForwarded_AreTheApis() =>
        Container["forwardPorts"]!.AsArray().ShouldHaveSingleItem()!.GetValue<int>().ShouldBe(Port(Repo.Text("requests.http")));

    private static int Port(string requests) => int.Parse(Host().Match(requests).Groups["port"].Value);

    [GeneratedRegex(@"^ghcr\.io/[a-z/-]+:\d+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"\bcp (?<from>\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Copied();

    [GeneratedRegex(@"^@host = http://localhost:(?<port>\d+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Host();
}
