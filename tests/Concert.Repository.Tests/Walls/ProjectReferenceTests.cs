namespace Concert.Repository.Tests.Walls;

/// <summary>Arrows point inwards: heads → Api → Booking; Azure, Embedded → Booking.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly string[] Heads = ["ConcertFunctions", "ConcertFunctions.Local"];
    private static readonly string[] StandIns = ["Microsoft.Azure.Functions.Worker.Extensions.ServiceBus", "Microsoft.Azure.StackExchangeRedis"];

    public static TheoryData<string, string[]> Arrows => new()
    {
        { "Concert.Booking", [] },
        { "Concert.Api", ["Concert.Booking"] },
        { "Concert.Azure", ["Concert.Booking"] },
        { "Concert.Embedded", ["Concert.Booking"] },
        { "ConcertFunctions", ["Concert.Api", "Concert.Azure", "Concert.Booking", "Concert.Embedded"] },
        { "ConcertFunctions.Local", ["Concert.Api", "Concert.Booking", "Concert.Embedded"] },
    };

    [Theory]
    [MemberData(nameof(Arrows))]
    public void Project_References_PointInwardsOnly(string project, string[] allowed) =>
        Repo.Project(project).Projects.Except(StandIns).ShouldBeSubsetOf(allowed);

    [Fact]
    public void StandIns_OnlyTheAzureAppAndOnlyWhereAskedFor_RefersToThem()
    {
        var references = Repo.AllProjects.SelectMany(p => p.Xml.Descendants("ProjectReference"), (p, e) => (p.Name, Reference: e))
            .Where(r => StandIns.Any(s => r.Reference.Attribute("Include")!.Value.EndsWith(s + ".csproj", StringComparison.Ordinal))).ToList();

        references.Count.ShouldBe(StandIns.Length);
        references.ShouldAllBe(r => r.Name == "ConcertFunctions" && r.Reference.Parent!.Attribute("Condition")!.Value == "'$(AzureStandIns)' == 'true'");
    }

    [Fact]
    public void SourceProjects_All_HaveAnArrowHere() =>
        Repo.SourceProjects.Select(p => p.Name).ShouldBe([.. Arrows.Select(a => a.Data.Item1)], ignoreOrder: true);

    [Fact]
    public void Heads_NothingInSrc_RefersToThem() =>
        Repo.SourceProjects.ShouldAllBe(p => !p.Projects.Intersect(Heads).Any());

    [Fact]
    public void Booking_Packages_AreOnlyAbstractionsAndPureFunctions() => Repo.Project("Concert.Booking").Packages.ShouldBeSubsetOf(
    [
        "Microsoft.Extensions.Caching.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options", "Microsoft.Extensions.Options.ConfigurationExtensions",
        // NFC, ADR 0018.
        "ADRaffy.ENSNormalize",
    ]);

    [Theory]
    [InlineData("Concert.Booking")]
    [InlineData("Concert.Azure")]
    [InlineData("Concert.Embedded")]
    public void Project_BelowTheApi_HasNoAspNet(string project)
    {
        var file = Repo.Project(project);
        file.Frameworks.ShouldBeEmpty();
        file.Packages.ShouldNotContain(p => p.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        file.Xml.Root!.Attribute("Sdk")!.Value.ShouldBe("Microsoft.NET.Sdk");
    }

    [Theory]
    [InlineData("Concert.Booking")]
    [InlineData("Concert.Api")]
    [InlineData("Concert.Embedded")]
    [InlineData("ConcertFunctions.Local")]
    public void Project_ThatNeedsNoAzure_HasNoneOfItsPackages(string project) => Repo.Project(project).Packages.ShouldNotContain(
        p => p.StartsWith("Azure.", StringComparison.Ordinal) || p.StartsWith("Microsoft.Azure.", StringComparison.Ordinal) || p.StartsWith("StackExchange", StringComparison.Ordinal));

    [Fact]
    public void Packages_Versions_AreCentral()
    {
        foreach (var project in Repo.AllProjects)
        {
            project.Xml.Descendants("PackageReference").ShouldAllBe(e => e.Attribute("Version") == null && e.Attribute("VersionOverride") == null, project.Name);
        }
    }
}
