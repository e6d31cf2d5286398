using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Concert.Repository.Tests.Unused;

/// <summary>Properties, package versions and friends in the build files that nothing uses.</summary>
public sealed class BuildTests
{
    /// <summary>Properties that the SDK and packages read. Any other is ours, and something here must read it; a misspelled one is found that way.</summary>
    private static readonly string[] OfTheSdk =
    [
        "AllowUnsafeBlocks", "AnalysisLevel", "AzureFunctionsVersion", "CentralPackageTransitivePinningEnabled", "ConcurrentGarbageCollection", "Deterministic",
        "DynamicCodeSupport", "EnableDefaultRunWorkingDirectory", "EnableRequestDelegateGenerator", "EnforceCodeStyleInBuild", "ImplicitUsings",
        "InvariantGlobalization", "IsPackable", "IsTestProject", "ManagePackageVersionsCentrally", "NoWarn", "Nullable",
        "OnlyReferenceAndBuildProjectsEnabledInSolutionConfiguration", "OutputType", "RootNamespace", "SatelliteResourceLanguages", "ServerGarbageCollection",
        "TargetFramework", "TieredPGO", "TreatWarningsAsErrors", "WarningsNotAsErrors",
    ];

    /// <summary>Versions of packages that others bring along, and why they are pinned.</summary>
    private static readonly Dictionary<string, string> Pinned = new(StringComparer.Ordinal)
    {
        ["Microsoft.Azure.Amqp"] = "of Azure.Messaging.ServiceBus",
        ["Microsoft.Extensions.Caching.Memory"] = "of Microsoft.Extensions.Caching.Hybrid",
        ["System.Memory.Data"] = "of Azure.Core",
    };

    private static readonly IReadOnlyList<(string File, XDocument Xml)> BuildFiles =
        [.. new[] { "*.csproj", "*.props", "*.targets" }.SelectMany(pattern => Repo.Files("", pattern)).Select(file => (file, XDocument.Load(Repo.PathOf(file))))];

    [Fact]
    public void Properties_OfOurs_AreReadBySomeBuildFile()
    {
        var texts = string.Join('\n', BuildFiles.Select(f => Repo.Text(f.File)));
        var ours = BuildFiles.SelectMany(f => f.Xml.Descendants("PropertyGroup").Elements(), (f, e) => (f.File, Name: e.Name.LocalName)).Where(p => !OfTheSdk.Contains(p.Name));

        ours.Where(p => !texts.Contains($"$({p.Name})", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Properties_OfTheSdk_AreSetSomewhere() =>
        OfTheSdk.Except(BuildFiles.SelectMany(f => f.Xml.Descendants("PropertyGroup").Elements()).Select(e => e.Name.LocalName)).ShouldBeEmpty();

    [Fact]
    public void PackageVersions_EachOne_IsReferredTo()
    {
        var referred = BuildFiles.SelectMany(f => f.Xml.Descendants("PackageReference")).Select(e => e.Attribute("Include")!.Value).ToHashSet();
        var versions = BuildFiles.SelectMany(f => f.Xml.Descendants("PackageVersion")).Select(e => e.Attribute("Include")!.Value);

        versions.Where(name => !referred.Contains(name)).ShouldBe(Pinned.Keys, ignoreOrder: true);
    }

    [Fact]
    public void InternalsVisibleTo_EachOne_IsAProjectThatRefersToIt()
    {
        foreach (var project in Repo.SourceProjects)
        {
            foreach (var friend in project.Xml.Descendants("InternalsVisibleTo").Select(e => e.Attribute("Include")!.Value))
            {
                Repo.AllProjects.Single(p => p.Name == friend).Projects.ShouldContain(name => name == project.Name || name == "ConcertFunctions.Local", $"{project.Name} → {friend}");
            }
        }
    }

    [Fact]
    public void Constants_OfTheBuild_AreAskedFor()
    {
        var asked = Repo.AllProjects.SelectMany(p => p.Xml.Descendants("AssemblyMetadata")).Select(e => e.Attribute("Include")!.Value).Distinct();
        var tests = string.Join('\n', Repo.Sources("tests").Select(Repo.Text));

        asked.Where(name => !Regex.IsMatch(tests, $"\"{Regex.Escape(name)}\"", RegexOptions.None, TimeSpan.FromSeconds(5))).ShouldBeEmpty();
    }
}
