using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Unused;

/// <summary>Files that nothing refers to: scripts, images, templates, data, pages.</summary>
public sealed partial class FileTests
{
    /// <summary>What a tool finds by its name, and which tool.</summary>
    private static readonly Dictionary<string, string> FoundByName = new(StringComparer.Ordinal)
    {
        [".devcontainer/devcontainer.json"] = "editors",
        [".github/workflows/azure-dev.yml"] = "GitHub",
        [".github/workflows/ci.yml"] = "GitHub",
        ["Directory.Build.props"] = "MSBuild",
        ["Directory.Build.targets"] = "MSBuild",
        ["Directory.Packages.props"] = "MSBuild",
        ["tests/Directory.Build.props"] = "MSBuild",
        ["tests/Directory.Build.targets"] = "MSBuild",
        ["global.json"] = "the SDK",
        ["azure.yaml"] = "azd",
        ["docker-compose.yml"] = "docker",
        ["infra/bicepconfig.json"] = "Bicep",
        ["src/web/index.html"] = "browsers",
        ["src/web/staticwebapp.config.json"] = "Static Web Apps",
        ["src/ConcertFunctions.Local/appsettings.json"] = "the host builder",
        ["tests/Concert.Booking.Tests/stryker-config.json"] = "dotnet stryker",
    };

    /// <summary>Loaded by a string without their ending.</summary>
    private static readonly string[] NamedWithoutEnding = [".lua", ".bicepparam"];

    private static readonly string[] Compiled = [".cs", ".csproj", ".md"];

    private static readonly IReadOnlyList<string> All =
    [
        .. Repo.Files("", "*"), .. new[] { ".ci", ".devcontainer", ".github" }.SelectMany(folder =>
            Directory.EnumerateFiles(Repo.PathOf(folder), "*", SearchOption.AllDirectories).Select(Repo.Relative)),
    ];

    [Fact]
    public void Files_ThatAreNotCompiled_AreNamedInAnother()
    {
        var texts = All.Where(file => !Binary().IsMatch(file)).ToDictionary(file => file, Repo.Text);
        var unnamed = All.Where(file => !Compiled.Contains(Path.GetExtension(file)) && !FoundByName.ContainsKey(file))
            .Where(file => !texts.Any(other => other.Key != file && Names(other.Value, file)));

        unnamed.ShouldBeEmpty();
    }

    [Fact]
    public void FoundByName_EachOne_IsThere() => FoundByName.Keys.ShouldBeSubsetOf(All);

    [Fact]
    public void Pages_EachOne_IsReachedFromTheReadme()
    {
        var (reached, open) = (new HashSet<string>(StringComparer.Ordinal), new Stack<string>(["README.md"]));
        while (open.TryPop(out var page))
        {
            if (reached.Add(page))
            {
                foreach (var link in Link().Matches(Repo.Text(page)).Select(m => m.Groups["path"].Value))
                {
                    var target = Repo.Relative(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repo.PathOf(page))!, link)));
                    if (target.EndsWith(".md", StringComparison.Ordinal) && Repo.Has(target))
                    {
                        open.Push(target);
                    }
                }
            }
        }

        Repo.Files("", "*.md").Where(page => !reached.Contains(page)).ShouldBeEmpty();
    }

    private static bool Names(string text, string file) => NamedWithoutEnding.Contains(Path.GetExtension(file))
        ? text.Contains($"\"{Path.GetFileNameWithoutExtension(file)}\"", StringComparison.Ordinal)
        : Regex.IsMatch(text, $@"(?<![\w.-]){Regex.Escape(Path.GetFileName(file))}(?![\w-])", RegexOptions.None, TimeSpan.FromSeconds(5));

    [GeneratedRegex(@"\.(png|jpe?g|gif|ico|webp|woff2?)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Binary();

    [GeneratedRegex(@"\]\((?<path>[^)#\s:]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
