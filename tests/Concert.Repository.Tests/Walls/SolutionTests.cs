using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Walls;

public sealed partial class SolutionTests
{
    private static readonly string Text = Repo.Text("ConcertFunctions.sln");

    private static readonly Dictionary<string, string> Listed = ProjectLine().Matches(Text)
        .Where(m => m.Groups["path"].Value.EndsWith(".csproj", StringComparison.Ordinal))
        .ToDictionary(m => m.Groups["path"].Value.Replace('\\', '/'), m => m.Groups["id"].Value, StringComparer.Ordinal);

    [GeneratedRegex("""^Project\("\{[^}]+\}"\) = "[^"]+", "(?<path>[^"]+)", "(?<id>\{[^}]+\})"\r?$""", RegexOptions.Multiline, 1000)]
    private static partial Regex ProjectLine();

    private static bool Builds(string id, string configuration) => Text.Contains($"{id}.{configuration}|Any CPU.Build.0", StringComparison.Ordinal);

    [Fact]
    public void Solution_Projects_AreAllListed() =>
        Listed.Keys.ShouldBe([.. Repo.AllProjects.Select(p => Repo.Relative(p.Path))], ignoreOrder: true);

    [Fact]
    public void Solution_Debug_BuildsAllButTheAzureApp()
    {
        foreach (var (path, id) in Listed)
        {
            Builds(id, "Debug").ShouldBe(path != "src/ConcertFunctions/ConcertFunctions.csproj", path);
        }
    }

    [Fact]
    public void Solution_Release_BuildsAll() => Listed.ShouldAllBe(p => Builds(p.Value, "Release"));
}
